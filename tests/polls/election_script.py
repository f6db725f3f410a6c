"""Prepares and audits polls beside a running site: `python -m tests.polls.election_script prepare 5000` or `audit`.

It is a process of its own, because the site under test has its own data directory and so its own settings.
"""

import json
import os
import sys
from datetime import timedelta
from uuid import uuid4

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"


def prepare(voters: int) -> dict:
    """Creates members with sessions, who have been here today, and two open polls, one public and one secret."""
    from django.contrib.auth.models import Group
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from accounts.models import User
    from accounts.profiles import days_active
    from forums.models import Category, Topic
    from polls.models import Poll

    about = {"password": "!", "here_on": days_active.today()}
    members = User.objects.bulk_create(
        [User(username=f"Voter{n}", email=f"voter{n}@example.org", **about) for n in range(voters)], 1000
    )
    keys = [uuid4().hex for _ in members]
    until = timezone.now() + timedelta(days=1)
    rows = [
        Session(session_key=key, session_data=_signed_in(member), expire_date=until)
        for key, member in zip(keys, members, strict=True)
    ]
    Session.objects.bulk_create(rows, 1000)
    category = Category.objects.create(name="Town", slug="town")
    topic = Topic.open(author=members[0], category=category, title="The market", body="Where?", token=uuid4())
    group = Group.objects.create(name="Council")
    User.groups.through.objects.bulk_create(
        [User.groups.through(user=member, group=group) for member in members], 1000
    )
    polls = []
    for secret in (False, True):
        poll = Poll.open(
            author=members[0], topic=topic, wordings=["Oak", "Ash", "Elm"], token=uuid4(), method="one",
            secret=secret, question="Which?", results_show="always", voter_groups=[group.pk], roll_grows=not secret,
        )  # fmt: skip
        polls.append({"id": poll.pk, "options": [option.pk for option in poll.options.all()]})
    return {"sessions": keys, "members": [member.pk for member in members], "polls": polls}


def audit() -> list[dict]:
    """Returns for each poll its voters, its number of ballots, the tally shown and the tally recounted."""
    from polls.counting import ballot_count, outcome
    from polls.models import Ballot, Poll, SecretBallot, Voter

    found = []
    for poll in Poll.objects.for_page():
        voters = (Voter if poll.secret else Ballot).objects.filter(poll=poll)
        ballots = (SecretBallot if poll.secret else Ballot).objects.filter(poll=poll)
        found.append(
            {
                "voters": sorted(voters.values_list("member_id", flat=True)),
                "ballots": ballots.count(),
                "shown": +outcome.cells(poll),
                "counted": +ballot_count.count(poll)[0],
            }
        )
    return found


def shuffle() -> int:
    """Shuffles the secret polls as Celery beat does. Returns the fewest voters that share their transaction."""
    from django.db import connection

    from polls.ballots import shuffling

    shuffling.shuffle_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM polls_voter GROUP BY xmin ORDER BY 1 LIMIT 1")
        return (cursor.fetchone() or [0])[0]


def check() -> None:
    """Runs the check of tallies that Celery beat runs every minute."""
    from polls import tasks

    tasks.check_tallies()


def _signed_in(member):
    from accounts.sign_in.sessions import SessionStore

    return SessionStore().encode(
        {
            "_auth_user_id": str(member.pk),
            "_auth_user_backend": "accounts.sign_in.backends.MemberBackend",
            "_auth_user_hash": member.get_session_auth_hash(),
        }
    )


if __name__ == "__main__":
    django.setup()
    command = {"prepare": prepare, "audit": audit, "check": check, "shuffle": shuffle}[sys.argv[1]]
    print(json.dumps(command(*map(int, sys.argv[2:]))))
