"""Registers debates as a kind of topic panel (`forums.reading.topic_panels`)."""

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from forums.access import permissions
from forums.debates import demo, panel
from forums.reading import topic_panels


class Debates:
    name = "debate"
    offer = "Open it and announce a debate"
    words, icon = "Announce a debate", "people"

    def render(self, request, topic) -> topic_panels.Panel | None:
        return panel.render(request, topic)

    def address_to_add(self, topic) -> str:
        return reverse("debate-edit", args=[topic.pk])

    def may_add(self, user, topic) -> bool:
        return permissions.may_announce(user, topic)

    def facts(self, topic, version):
        return panel.facts(topic, version)

    def results(self, request, topic) -> SafeString:
        return mark_safe("")  # the whole summary is about the debate

    def plant(self, topics, members, now) -> int:
        return demo.plant(topics, members, now)


def register() -> None:
    topic_panels.register(Debates())
