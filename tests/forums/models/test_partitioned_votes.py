"""`partition_votes.sql`, which config/README.md offers to very large sites, changes nothing for members."""

from pathlib import Path

from django.db import connection

from forums import management
from forums.models import Vote
from forums.tree import recount

SCRIPT = Path(management.__file__).with_name("partition_votes.sql")


def test_votes_are_kept_changed_taken_back_and_counted_as_before(opening, say, ben, cleo):
    reply = say(opening)
    Vote.objects.cast(opening, by=ben, value=1)
    Vote.objects.cast(reply, by=ben, value=1)
    with connection.cursor() as cursor:
        cursor.execute(SCRIPT.read_text().replace("BEGIN;\n", "", 1).replace("COMMIT;\n", ""))
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'forums_vote'::regclass")
        assert cursor.fetchone() == (16,)
    Vote.objects.cast(opening, by=ben, value=-1)
    Vote.objects.cast(opening, by=cleo, value=-1)
    Vote.objects.cast(reply, by=ben, value=0)
    assert sorted(Vote.objects.values_list("comment", "member", "value")) == [
        (opening.pk, ben.pk, -1),
        (opening.pk, cleo.pk, -1),
    ]
    assert recount.differences() == []
