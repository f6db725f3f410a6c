"""Writes the front page and the rules of an imported community, if this site has no topics yet."""

from django.db import transaction

from forums.importers.records.records import Community
from forums.models import FrontPage, Rule, Topic


@transaction.atomic
def write(community: Community | None) -> None:
    if community is None or Topic.objects.exists():
        return
    front = FrontPage.objects.first() or FrontPage()
    front.heading, front.welcome = community.heading, community.welcome
    front.save()
    Rule.objects.filter(is_active=True).update(is_active=False)  # a report may name one of them
    for rule in community.rules:
        Rule(**rule).save()
