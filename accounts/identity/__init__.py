"""Rules for names and pictures of members. Pure functions; imports nothing of accounts."""
