from importlib import import_module

from django.apps import AppConfig


class ForumsConfig(AppConfig):
    name = "forums"
    verbose_name = "Discussion"

    def ready(self):
        """Tell accounts, which knows nothing of discussions, what a member has here; and say what is told live."""
        from accounts import standing, visiting
        from config import health
        from forums import appealing, live, membership, trust
        from forums.debates import attached
        from forums.sockets import figures, news

        import_module("forums.moderation.declarations")  # registers the acts of moderation
        membership.register()
        standing.register_appeals(appealing.address_for_outside)
        standing.register(lambda member: live.access_changed(member=member))
        visiting.register(lambda member: trust.grow([member.pk]))
        news.register()
        health.register_figures(figures.Sockets())
        attached.register()
