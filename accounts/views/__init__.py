"""Pages about members and a member's own settings."""
