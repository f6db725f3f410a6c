from django.apps import AppConfig


class PollsConfig(AppConfig):
    name = "polls"
    verbose_name = "Polls"

    def ready(self):
        """Tell the discussion and the accounts, which know nothing of polls, what there is of them."""
        from polls import attached, membership, telling

        attached.register()
        membership.register()
        telling.register()
