"""The management commands of polls."""
