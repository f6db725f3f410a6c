"""The demo's poll about the market: open, secret, with some ballots."""

from datetime import timedelta
from random import Random
from uuid import uuid4

from polls.ballots.receipts import receipt_of
from polls.models import Poll, SecretBallot, Voter

TOPIC = "01-market"
OPTIONS = {
    "The Square, as it is": 6,
    "Mill Street, for good": 5,
    "The Square, in a loop that spares the limes": 8,
    "Mill Street for one year, counted before and after": 4,
    "Both, thinner, with the bridge between them": 2,
}
"""Each option with its relative popularity."""
VOTED = 23
ASKED, ENDS = timedelta(days=5, hours=3), timedelta(days=9)


def plant(topics, members, now) -> int:
    """Create the poll in its topic, with ballots of some of the `members`. Returns 1, or 0 if the topic is missing.

    `topics` are by name. The poll is the same each time except for its times.
    """
    topic = topics.get(TOPIC)
    if topic is None:
        return 0
    poll = Poll.open(
        author=topic.author,
        topic=topic,
        question="If the moot could pass only one of these, in what order would you like them?",
        wordings=list(OPTIONS),
        token=uuid4(),
        method=Poll.Method.RUNOFF,
        shuffled=True,
        quorum=20,
        created_at=now - ASKED,
        opens_at=now - ASKED,
        closes_at=now + ENDS,
    )
    random = Random(TOPIC)  # noqa: S311 (the same town every time)
    voters = random.sample(sorted(members), VOTED)
    Voter.objects.bulk_create(Voter(poll=poll, member=members[name]) for name in sorted(voters))
    SecretBallot.objects.bulk_create(
        SecretBallot(poll=poll, receipt=receipt_of(poll.pk, uuid4()), marks=_ranking(poll, random))
        for _ in voters
    )
    return 1


def _ranking(poll, random):
    """A random ranking of three to five options, in which popular options are usually higher."""
    options = list(poll.options.all())
    liking = {option: random.random() ** (1 / OPTIONS[option.wording]) for option in options}
    order = sorted(options, key=liking.get, reverse=True)
    return [[option.pk] for option in order[: random.randint(3, 5)]]
