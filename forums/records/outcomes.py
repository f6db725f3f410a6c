"""Makes the content of the record of one version of an outcome. Each version is a record of its own.

An outcome may be given long after the end, when the record of its poll or debate is made and cannot change any more.
The file of that record has the later ones, too.
"""

from collections.abc import Iterator

from django.template.loader import render_to_string

from forums.export.data.records import moment
from forums.models import Outcome, OutcomeChange, Record
from forums.records import kinds
from forums.records.sealing import Sealing


def register() -> None:
    kinds.register("outcome", content, show, may_read)


def content(number: int, sealing: Sealing) -> dict:
    """The content of the record of a version; `number` is the id of the `OutcomeChange`."""
    change = OutcomeChange.objects.select_related("by", "carrier").get(pk=number)
    return {
        "outcome": {
            "number": change.outcome_id,
            "at": moment(change.at),
            "event": change.event,
            "by": sealing.name(change.by),
            "decision": sealing.text(change.decision),
            "carried_by": sealing.text(change.carried_by),
            "carrier": sealing.name(change.carrier),
            "review_on": change.review_on and change.review_on.isoformat(),
        }
    }


def show(content: dict, resolve: kinds.Resolve) -> Iterator[str]:
    """The version on the page of a record."""
    yield render_to_string("forums/records/_outcome.html", {"outcome": resolve(content["outcome"])})


def may_read(record: Record, viewer) -> bool:
    """Whether the viewer may read the texts: those of a withdrawn outcome are for moderators. One query."""
    return Outcome.objects.legible_to(viewer).filter(changes=record.number).exists()
