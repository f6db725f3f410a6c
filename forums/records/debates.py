"""Makes the content of the record of a debate: its times, and who took which side when."""

from collections.abc import Iterator

from django.template.loader import render_to_string

from accounts.models import User
from forums.export.data.records import moment
from forums.models import Debate
from forums.models.debates import debate_figures
from forums.models.debates.side import Stand
from forums.records import kinds
from forums.records.discussion import discussion
from forums.records.sealing import Sealing

ROWS = 500
"""Choices that are shown at once."""
CHOICES = 50_000
"""Choices of sides in a record. With more it has only their numbers."""


def register() -> None:
    kinds.register("debate", content, show)


def content(number: int, sealing: Sealing) -> dict:
    """The content of the record of an ended debate; `number` is its topic's."""
    debate = Debate.objects.select_related("topic").get(pk=number)
    made = debate_figures.choices(debate)
    has_choices = len(made) <= CHOICES
    members = User.objects.in_bulk({choice.member for choice in made}) if has_choices else {}
    return {
        "topic": discussion(debate.topic, sealing),
        "debate": {
            "question": sealing.text(debate.question),
            "announced_at": moment(debate.announced_at),
            "starts_at": moment(debate.starts_at),
            "ends_at": moment(debate.ends_at),
            "started_at": moment(debate.started_at),
            "ended_at": moment(debate.ended_at),
            "ended_by_moderator": debate.ended_by_id is not None,
            "choices_in_all": len(made),
            "choices": [_choice(each, members, sealing) for each in made] if has_choices else None,
            **figures(made),
        },
    }


def show(content: dict, resolve: kinds.Resolve) -> Iterator[str]:
    """The debate on the page of its record."""
    debate = content["debate"]
    choices = debate.pop("choices")
    yield render_to_string("forums/records/_debate.html", {"debate": resolve(debate), "choices": choices})
    for some in kinds.in_parts(choices or [], ROWS):
        yield render_to_string("forums/records/_choices.html", {"choices": resolve(some)})


def figures(made: list[debate_figures.Choice]) -> dict:
    """The members on each side at the end, those who moved, and those who chose before the start."""
    last = {choice.member: choice.stand for choice in made}
    held = list(last.values())
    return {
        "sides": {stand.value: held.count(stand) for stand in Stand},
        "moves": [
            {"from": came, "to": went, "members": number} for came, went, number in debate_figures.moves(made)
        ],
        "early": len({choice.member for choice in made if choice.second < 0}),
    }


def _choice(choice, members, sealing):
    name = sealing.name(members[choice.member])
    return {"member": name, "side": choice.stand, "second": choice.second}
