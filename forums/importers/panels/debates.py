"""Writes the debates of an export, with the sides of their members."""

from forums.importers.panels import outcomes
from forums.importers.records.records import Discussion, KeptDebate
from forums.importers.records.report import UNOPENED
from forums.models import Debate, Side, SideChange, Topic
from forums.reading import topic_panels

ROWS = 500


def restore(discussions: list[Discussion], pks: dict[str, int], members) -> list[tuple[KeptDebate, str]]:
    """Write the debates of those discussions that are here and have none. Returns what happened to each.

    `pks` are the keys of comments by source. Call it inside the batch's transaction.
    """
    debated = [(each.source, each.debate) for each in discussions if each.debate]
    topics = Topic.objects.in_bulk([source for source, _ in debated], field_name="source")
    found = []
    for source, debate in debated:
        topic = topics.get(source)
        if topic is None:
            found.append((debate, UNOPENED))
        elif topic.debate_from:
            found.append((debate, topic_panels.THERE))
        else:
            _write(debate, topic, pks, members)
            found.append((debate, topic_panels.ADDED))
    return found


def _write(record: KeptDebate, topic: Topic, pks, members) -> None:
    debate = Debate.objects.create(
        topic=topic,
        starts_at=record.starts_at,
        ends_at=record.ends_at,
        started_at=record.started_at,
        ended_at=record.ended_at,
        announced_at=record.announced_at,
        question=record.question,
        summary=record.summary and record.summary | {"valued": _translated(record.summary["valued"], pks)},
    )
    outcomes.write(record.outcome, debate, members)
    is_over = record.ended_at is not None
    topic.bump_version(debate_from=record.starts_at, debate_until=None if is_over else record.ends_at)
    topic.refresh_from_db(fields=["version"])
    sides = [(members[source], side) for source, side in record.sides if source in members]
    # The export does not say when they chose, so all did at the start.
    at = record.starts_at
    Side.objects.bulk_create(
        [
            Side(debate=debate, member=member, stand=side, since=at, changed_in=topic.version)
            for member, side in sides
        ],
        ROWS,
    )
    SideChange.objects.bulk_create(
        [SideChange(debate=debate, member=member, stand=side, at=at) for member, side in sides], ROWS
    )


def _translated(valued: dict[str, list[str]], pks: dict[str, int]) -> dict[str, list[int]]:
    return {side: [pks[source] for source in sources if source in pks] for side, sources in valued.items()}
