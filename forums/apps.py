from importlib import import_module

from django.apps import AppConfig


class ForumsConfig(AppConfig):
    name = "forums"
    verbose_name = "Discussion"

    def ready(self):
        """Register with accounts and config, which do not import forums, and start to publish live updates."""
        from accounts.profiles import days_active
        from accounts.registries import access_signals
        from config.admin import registry
        from config.caching import visitor_cache
        from config.management import doctor_checks
        from config.web import errors, health
        from forums import appealing, backlog, dashboard, live, membership, trust
        from forums.debates import attached
        from forums.sockets import direct, figures, news

        errors.register_texts("body", "words", "reason")
        lists, topics = (
            ("list", "period", "before"),
            ("sort", "branch", "from", "after", "focus", "fold", "since"),
        )
        visitor_cache.register_parameters(*lists, *topics)
        registry.register_panels(dashboard.of)
        doctor_checks.register(direct.findings)

        import_module("forums.moderation.declarations")  # registers the acts of moderation
        membership.register()
        backlog.register()
        access_signals.register_appeals(appealing.address_for_outside)
        access_signals.register(lambda member: live.access_changed(member=member))
        days_active.register(lambda member: trust.grow([member.pk]))
        news.register()
        health.register_figures(figures.Sockets())
        attached.register()
