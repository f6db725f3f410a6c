"""Recounts a poll, and imports elections."""
