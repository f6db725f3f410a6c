"""From one published message to many connections: subscriptions, batches, frames and load shedding.

Imports `live.streams`.
"""
