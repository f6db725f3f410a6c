"""Locust files for the site that `python -m tests.load hold` leaves running. Imports nothing of `tests.load`."""
