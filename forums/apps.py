from importlib import import_module

from django.apps import AppConfig


class ForumsConfig(AppConfig):
    name = "forums"
    verbose_name = "Discussion"

    def ready(self):
        """Register with accounts and config, which do not import forums, and start to publish live updates."""
        from accounts.mail import sending
        from accounts.profiles import days_active
        from accounts.registries import access_signals
        from config.admin import registry
        from config.backup import restore
        from config.caching import visitor_cache
        from config.management import doctor_checks
        from config.web import errors, health
        from forums import dashboard, member_data
        from forums.debates import topic_panel
        from forums.listing import topic_lists
        from forums.live import streams
        from forums.live.connections import updates
        from forums.live.delivery import daphne_transport, metrics
        from forums.models import OutgoingMail
        from forums.moderation import appeals
        from forums.notifications import backlog
        from forums.notifications.mail import compose
        from forums.old_addresses import unserved_hosts
        from forums.posting import trust
        from forums.records import debates, outcomes
        from forums.search import index
        from forums.tree import recount

        visitor_cache.register_cookie(topic_lists.VIEW, topic_lists.COMPACT)
        errors.register_texts("body", "words", "reason", "decision", "carried_by")
        registry.register_panels(dashboard.panels)
        doctor_checks.register(daphne_transport.findings)
        doctor_checks.register(recount.findings)
        doctor_checks.register(index.findings)
        doctor_checks.register(unserved_hosts.findings)
        restore.register_after(lambda: recount.summary(recount.mend_all()))

        import_module("forums.moderation.declarations")  # registers the acts of moderation
        member_data.register()
        backlog.register()
        sending.register(OutgoingMail, compose.write)
        access_signals.register_appeals(appeals.address_for_outside)
        access_signals.register(lambda member: streams.access_changed(member=member))
        days_active.register(lambda member: trust.grow([member.pk]))
        updates.register()
        health.register_collector(metrics.SocketMetrics())
        topic_panel.register()
        debates.register()
        outcomes.register()
