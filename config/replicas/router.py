"""Django's database router for sites with replicas."""

from django.db import DEFAULT_DB_ALIAS

from config.replicas import reads


class Router:
    """Reads where the request reads. Writes, and reads that lock rows, use the primary."""

    def db_for_read(self, model, **hints) -> str:
        return reads.alias()

    def db_for_write(self, model, **hints) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one, other, **hints) -> bool:
        """All databases have the same rows."""
        return True

    def allow_migrate(self, db, app_label, **hints) -> bool:
        return db == DEFAULT_DB_ALIAS
