"""Notifications, and the outbox from which they and mail are made. Start with `outbox`."""
