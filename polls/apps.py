from django.apps import AppConfig


class PollsConfig(AppConfig):
    name = "polls"
    verbose_name = "Polls"

    def ready(self):
        """Register polls with forums and accounts, which do not import polls."""
        from polls import attached, membership, telling

        attached.register()
        membership.register()
        telling.register()
