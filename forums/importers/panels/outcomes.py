"""Writes the outcomes of polls and debates that an export of this software has."""

from datetime import date

from forums.importers.records import keys
from forums.importers.records.fields import Broken, moment, number, optional, text
from forums.markup.text import without_deceit
from forums.models import Outcome, OutcomeChange
from forums.models.notifications import mentions

LONGEST = 100_000
"""Characters of a decision. A form takes fewer, other sites may have had other limits."""


def checked(record: object) -> dict | None:
    """Return the record of an outcome, or None for none. Raises `Broken`."""
    if record is None:
        return None
    versions = record.get("versions") if isinstance(record, dict) else None
    if not isinstance(versions, list) or not versions or not all(isinstance(each, dict) for each in versions):
        raise Broken("its outcome has no versions")
    return {
        "number": number(record, "number", least=1),
        "decided_by": optional(text, record, "decided_by"),
        "versions": [_version(each) for each in versions],
    }


def write(record: dict | None, subject, members) -> None:
    """Store the outcome that `checked` has returned, for a poll or debate that was stored without one.

    `members` are the members of this site by their sources.
    """
    if record is None:
        return
    versions = [
        version | {name: members.get(version[name]) for name in ("by", "carrier")}
        for version in record["versions"]
    ]
    first, last = versions[0], versions[-1]
    outcome = Outcome(
        **Outcome.objects.facts_of(subject), version=len(versions), decided_by=members.get(record["decided_by"]),
        created_at=first["at"], changed_at=last["at"], decision_html=mentions.render(last["decision"]).html,
        **{name: last[name] for name in ("decision", "carried_by", "carrier", "review_on")},
    )  # fmt: skip
    (outcome.pk,) = keys.reserve(Outcome, [record["number"]])
    outcome.save(force_insert=True)
    OutcomeChange.objects.bulk_create(OutcomeChange(outcome=outcome, **version) for version in versions)
    subject.outcome = outcome
    subject.save(update_fields=["outcome"])
    outcome.note_in_topic()


def _version(record: dict) -> dict:
    if record.get("event") not in OutcomeChange.Event.values:
        raise Broken("the log of its outcome has an event that is unknown here")
    try:
        review_on = record.get("review_on") and date.fromisoformat(record["review_on"])
    except (TypeError, ValueError):
        raise Broken("the review date of its outcome is no date") from None
    return {
        "at": moment(record, "at"),
        "by": optional(text, record, "by"),
        "event": record["event"],
        "decision": without_deceit(text(record, "text"))[:LONGEST],
        "carried_by": without_deceit(text(record, "carried_by"))[:200],
        "carrier": optional(text, record, "carrier"),
        "review_on": review_on,
    }
