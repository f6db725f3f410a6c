from django.apps import AppConfig
from django.contrib.admin import apps as admin


class SiteConfig(AppConfig):
    """Composes the site; has no models."""

    name = "config"
    verbose_name = "Folkmoot"

    def ready(self) -> None:
        # Whoever sends a task must know our broker, not Celery's default one.
        from config import celery  # noqa: F401


class WorkplaceConfig(admin.AdminConfig):
    """The admin, with our door and first page."""

    default = False  # settings name it
    default_site = "config.admin.site.Workplace"
