"""Registers polls as a topic panel (forums/reading/topic_panels.py).

Topic pages, the form of a new topic, imports and the demo use it.
"""

from django.urls import reverse

from forums.reading import topic_panels
from polls import demo
from polls.ballots import permissions
from polls.results import panel
from polls.transfer import forum_export, forum_import, forum_polls


class Polls:
    name = "poll"
    offer = "Open it and add a poll"
    words, icon = "Add a poll", "poll"

    def render(self, request, topic):
        return panel.render(request, topic)

    def may_add(self, user, topic):
        return permissions.may_open(user, topic)

    def facts(self, topic, version):
        return None  # results are published as `poll_counted` (polls/results/live_updates.py)

    def results(self, request, topic):
        return panel.results(request, topic)

    def address_to_add(self, topic):
        return reverse("poll-new", args=[topic.pk])

    def bring_in(self, record, *, topic, author, members):
        return forum_polls.bring_in(record, topic=topic, author=author, members=members)

    def export(self, topics, identifiers):
        return forum_export.records(topics, identifiers)

    def page(self, topic, identifiers):
        return forum_export.page(topic, identifiers)

    def restore(self, record, *, topic, author, members):
        return forum_import.restore(record, topic=topic, author=author, members=members)

    def plant(self, topics, members, now):
        return demo.plant(topics, members, now)


def register() -> None:
    topic_panels.register(Polls())
