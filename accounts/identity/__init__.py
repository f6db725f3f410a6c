"""Rules for names and pictures of members, as pure functions. Imports nothing of accounts; start with `names`."""
