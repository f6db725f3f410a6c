"""Notifications, reminders, and the outbox from which notifications and mail are made.

Imports no other package of models; start with `outbox`.
"""
