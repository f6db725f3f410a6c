"""Turns notifications that are due into mails, one for each member."""

from collections import defaultdict

from django.db import connection, transaction
from django.utils import timezone

from forums.models import OutgoingMail
from forums.notifications.schedule import GRACE

MEMBERS = 100
"""Members in one transaction."""

# A mail also takes the topic's notifications that are due within GRACE. So a lively topic makes one mail in two
# minutes, not one for each comment. Rows that another worker is claiming are skipped.
_CLAIM = """
    WITH next AS (
        SELECT member_id FROM forums_notification
        WHERE due_at <= %(now)s AND emailed_at IS NULL AND read_at IS NULL AND NOT is_withdrawn
        GROUP BY member_id ORDER BY min(due_at) LIMIT %(members)s
    ), due AS (
        SELECT DISTINCT member_id, topic_id FROM forums_notification JOIN next USING (member_id)
        WHERE due_at <= %(now)s AND emailed_at IS NULL AND read_at IS NULL AND NOT is_withdrawn
    ), claimed AS (
        SELECT waiting.id FROM forums_notification waiting
        JOIN due ON due.member_id = waiting.member_id AND due.topic_id IS NOT DISTINCT FROM waiting.topic_id
        WHERE due_at <= %(soon)s AND emailed_at IS NULL AND read_at IS NULL AND NOT is_withdrawn
        FOR UPDATE OF waiting SKIP LOCKED
    )
    UPDATE forums_notification mailed SET emailed_at = %(now)s FROM claimed WHERE mailed.id = claimed.id
    RETURNING mailed.member_id, mailed.id
"""


def claim() -> int:
    """Write the mails that are due. Returns how many. Two statements for every MEMBERS mails."""
    total = 0
    while number := _claim_some():
        total += number
    return total


@transaction.atomic
def _claim_some():
    now = timezone.now()
    claimed = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "soon": now + GRACE, "members": MEMBERS})
        for member_id, pk in cursor:
            claimed[member_id].append(pk)
    OutgoingMail.objects.bulk_create(
        OutgoingMail(member_id=pk, notifications=sorted(ids)) for pk, ids in claimed.items()
    )
    return len(claimed)
