"""Writes the front page, rules and tags of an imported community, if this site has no topics yet."""

from django.db import transaction

from forums.importers.records.records import Community
from forums.models import FrontPage, Rule, Tag, Topic


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
    for tag in community.tags:
        meant = Tag.objects.filter(name=tag["synonym_of"], synonym_of=None).first()
        if meant or not tag["synonym_of"]:
            said = {"description": tag["description"], "synonym_of": meant}
            Tag.objects.get_or_create(name=tag["name"], defaults=said)
