"""The poll of the invented town, while the market is being argued about: open, secret, with some ballots in it."""

from datetime import timedelta
from random import Random
from uuid import uuid4

from polls.models import Poll, SecretBallot, Voter
from polls.receipts import receipt_of

TOPIC = "01-market"
OPTIONS = {
    "The Square, as it is": 6,
    "Mill Street, for good": 5,
    "The Square, in a loop that spares the limes": 8,
    "Mill Street for one year, counted before and after": 4,
    "Both, thinner, with the bridge between them": 2,
}
"""Each with how well it is liked beside the others."""
VOTED = 23
ASKED, ENDS = timedelta(days=5, hours=3), timedelta(days=9)


def plant(topics, members, now) -> int:
    """Put the poll into its topic, of the `topics` by name, with ballots of some of the `members`. The same
    every time but for the times. Returns how many polls there are: one, or none without its topic."""
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
    """Three to five of the options, those that are liked more often before the others."""
    options = list(poll.options.all())
    liking = {option: random.random() ** (1 / OPTIONS[option.wording]) for option in options}
    order = sorted(options, key=liking.get, reverse=True)
    return [[option.pk] for option in order[: random.randint(3, 5)]]
