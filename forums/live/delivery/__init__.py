"""From one published message to many connections: subscription, batches, frames and load shedding.

Imports `live.streams`; start with `stream`.
"""
