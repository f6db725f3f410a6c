from django.apps import AppConfig


class PollsConfig(AppConfig):
    name = "polls"
    verbose_name = "Polls"

    def ready(self):
        """Register with forums, accounts and config, which do not import polls."""
        from config.backup import tables
        from config.monitoring import queues
        from config.web import errors
        from polls import data_export, search_texts, topic_panel
        from polls.models import Poll
        from polls.records import page
        from polls.results import digest, live_updates, topic_marks

        errors.register_texts("wordings")
        queues.register("polls", Poll.objects.backlog)
        tables.register_unordered("polls_voter", "polls_secretballot")

        topic_panel.register()
        data_export.register()
        live_updates.register()
        search_texts.register()
        topic_marks.register()
        digest.register()
        page.register()
