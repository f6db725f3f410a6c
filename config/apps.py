from django.apps import AppConfig
from django.contrib.admin import apps as admin


class SiteConfig(AppConfig):
    """The bottom layer of the site. Has no models."""

    name = "config"
    verbose_name = "Folkmoot"

    def ready(self) -> None:
        # Without this import, tasks would be sent to Celery's default broker instead of ours.
        from config import (
            celery,  # noqa: F401
            doctor_checks,
            prepared,
        )

        prepared.is_usable()  # warns now rather than at the first request
        doctor_checks.register(prepared.findings)


class WorkplaceConfig(admin.AdminConfig):
    """Django's admin, with our own site class."""

    default = False  # INSTALLED_APPS names this class
    default_site = "config.admin.site.Workplace"
