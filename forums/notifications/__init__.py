"""From outbox events to notifications: recipients, preferences, dispatch, the inbox and the unread counter.

Start with `dispatch`.
"""
