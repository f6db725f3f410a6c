"""The database backend of the site: Django's own with timeouts, and leases. May import `config.engines`; see `base`."""
