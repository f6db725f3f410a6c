"""Adds debates to the demo: an announced one, and a past one with an outcome, in which some members changed sides."""

from datetime import timedelta

from django.db import transaction

from forums.models import Comment, Debate, Outcome, Side, SideChange, SlowMode, Topic

COMING, OVER = "36-one-way", "05-speeches"
DECISION = (
    "No bell. Each speaker sees a **lamp**: green at first, amber after four minutes. Whoever has not spoken yet goes "
    "first.\n\nWritten words are read out by the clerk. A question has been here for a week before it is on the paper."
)
REVIEWED = timedelta(days=90)
"""Time until the outcome is reviewed."""
AHEAD, LENGTH = timedelta(days=1, hours=5), timedelta(hours=2)
ANNOUNCED = timedelta(days=3)
"""Time between the announcement of the past debate and its start."""
# For each member: when -> side. `when` is in minutes: since the topic was opened for the announced debate, since the
# start for the past one. A text is the start of the comment in which they said that they changed sides.
BEFORE = {
    "Fenwick": {20: "for"}, "gwendoline": {70: "for"}, "PetrosBakes": {310: "against"}, "Dafydd": {500: "undecided"},
    "Pru": {520: "for"}, "sunil_p": {830: "against"},
}  # fmt: skip
CONVINCED = {
    "Dr_Ferris": {-4000: "for"}, "kettleblack": {-3100: "against", "I'm for the bell": "for"}, "juno": {-700: "for"},
    "Rosalind": {-1500: "undecided"}, "gwendoline": {-1480: "against", "That is a consideration": "for"},
    "Beatrix": {-650: "against"}, "old_oak": {-240: "against", "A lamp would be kind": "undecided"},
    "Dafydd": {-35: "for"}, "Pru": {-20: "undecided", "Then put *that*": "against"}, "graham_n": {15: "for"},
    "hollis": {-5: "undecided", "I can build that": "for"}, "Annika": {2: "for"}, "tomas_v": {22: "undecided"},
    "Fenwick": {9: "undecided", "Eleven speakers": "for"}, "lowtide": {40: "undecided"}, "Marnie": {80: "for"},
    "tobias_reed": {61: "for"}, "BigMal": {81: "for"},
}  # fmt: skip


@transaction.atomic
def plant(topics, members, now) -> int:
    """Announce one debate and end the other in the `topics` of these names. Returns how many there are."""
    return sum(verb(topics[name], members, now) for name, verb in _VERBS.items() if name in topics)


def _announce(topic, members, now):
    begin = (now + AHEAD).replace(minute=0, second=0, microsecond=0)
    times = {"starts_at": begin, "ends_at": begin + LENGTH}
    question = "Is a quieter street worth a longer way round?"
    debate = Debate.announce(topic, by=topic.author, question=question, **times)
    SlowMode.impose(topic, seconds=60, by=topic.author)
    _take_sides(debate, BEFORE, topic.created_at, members)
    return 1


def _hold(topic, members, now):
    begin, end = topic.created_at, topic.last_comment_at + timedelta(minutes=2)
    topic.created_at = begin - ANNOUNCED
    Topic.objects.filter(pk=topic.pk).update(created_at=topic.created_at)
    Comment.objects.filter(topic=topic, seq=1).update(created_at=topic.created_at)
    question = "Shall a bell ring after three minutes?"
    debate = Debate.announce(topic, by=topic.author, question=question, starts_at=begin, ends_at=end)
    Debate.objects.filter(pk=debate.pk).update(announced_at=topic.created_at)
    _take_sides(debate, CONVINCED, begin, members)
    debate.end()
    carrier, review_on = members["hollis"], (now + REVIEWED).date()
    said = {
        "decision": DECISION,
        "carried_by": "The clerk, with a lamp",
        "carrier": carrier,
        "review_on": review_on,
    }
    Outcome.objects.decide(debate, by=topic.author, version=0, **said)
    return 1


_VERBS = {COMING: _announce, OVER: _hold}


def _take_sides(debate, sides, since, members):
    topic = Topic.objects.get(pk=debate.pk)
    changes, last = [], []
    for name, made in sides.items():
        for when, stand in made.items():
            at = _moment(topic, when, since)
            changes.append(SideChange(debate=debate, member=members[name], stand=stand, at=at))
        said = {"stand": stand, "since": at, "changed_in": topic.version}
        last.append(Side(debate=debate, member=members[name], **said))
    SideChange.objects.bulk_create(changes)
    Side.objects.bulk_create(last)


def _moment(topic, when, since):
    """Return when a side was taken: five seconds before the comment that explains it."""
    if isinstance(when, int):
        return since + timedelta(minutes=when)
    return topic.comments.get(body__startswith=when).created_at - timedelta(seconds=5)
