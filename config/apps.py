from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Composes the site; has no models."""

    name = "config"
    verbose_name = "Folkmoot"

    def ready(self) -> None:
        # Whoever sends a task must know our broker, not Celery's default one.
        from config import celery  # noqa: F401
