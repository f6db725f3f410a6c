from django.apps import AppConfig


class ForumsConfig(AppConfig):
    name = "forums"
    verbose_name = "Discussion"

    def ready(self):
        """Tell accounts, which knows nothing of discussions, what a member has here."""
        from forums import membership

        membership.register()
