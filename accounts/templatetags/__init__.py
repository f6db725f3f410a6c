"""Template filters for sign-in pages and lists of devices."""
