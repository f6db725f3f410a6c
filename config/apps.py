from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.core.signals import request_finished


class SiteConfig(AppConfig):
    """The project as an app: its commands and templates. It has no models."""

    name = "config"
    verbose_name = "Folkmoot"

    def ready(self) -> None:
        # A process that sends tasks needs this application; otherwise Celery would use its default broker.
        from config import celery  # noqa: F401
        from config.backup import age
        from config.caching import compiled_queries
        from config.management import doctor_checks
        from config.monitoring import queues, site_state, tracing
        from config.processes import task_queue
        from config.replicas import servers
        from config.web import health, logs

        request_finished.connect(logs.end_request)
        tracing.start()
        compiled_queries.is_usable()  # warns now rather than at the first request
        doctor_checks.register(compiled_queries.findings)
        doctor_checks.register(age.findings)
        doctor_checks.register(servers.findings)
        queues.register("tasks", task_queue.backlog)
        for collector in (age.BackupMetrics(), queues.QueueMetrics(), site_state.SiteState()):
            health.register_collector(collector)


class FolkmootAdminConfig(admin.AdminConfig):
    """The Django admin with the site's own sign-in and first page."""

    default = False  # INSTALLED_APPS names this class
    default_site = "config.admin.site.FolkmootAdminSite"
