"""The database backend of the site: Django's own with timeouts. May import `config.engines`; see `base`."""
