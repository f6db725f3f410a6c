"""Sends the mails that wait in the database, those of other apps too. Imports `models`; start with `sending`."""
