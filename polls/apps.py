from django.apps import AppConfig


class PollsConfig(AppConfig):
    name = "polls"
    verbose_name = "Polls"

    def ready(self):
        """Register with forums, accounts and config, which do not import polls."""
        from config.web import errors
        from polls import attached, membership, telling

        errors.register_texts("wordings")

        attached.register()
        membership.register()
        telling.register()
