"""Casts, changes and withdraws ballots.

The same form may arrive several times: from two tabs, at two servers, or because a response was lost. It gives one
ballot and the same response. A form that was made for an older ballot than the stored one changes nothing.
"""

from collections import Counter
from uuid import UUID

from django.db import IntegrityError

from config.monitoring import counters
from polls import tally
from polls.ballots import ballot_store, permissions
from polls.ballots.receipts import receipt_of
from polls.counting import tally_cache
from polls.models import Ballot, Poll, SecretBallot, Voter


class NotCounted(Exception):
    """The ballot was refused and nothing has changed. The message is a sentence for the voter."""


class VotedAlready(NotCounted):
    """The member has another ballot, which still counts."""


def cast(poll: Poll, *, member, marks, token: UUID, over: UUID | None = None) -> None:
    """Count the marks as the member's ballot. The ballot is committed when this returns.

    `token` is new in every form; in a secret poll it is the voter's key. `over` is the token of the member's ballot
    that this one replaces. Raises NotCounted or InvalidBallot, and DatabaseError if Postgres is down. One statement;
    two more if the ballot was not written.
    """
    _refuse(permissions.why_not_vote(member, poll))
    if over is not None and not poll.changeable:
        raise NotCounted("Ballots in this poll cannot be changed. Your first ballot counts.")
    sent = ballot_store.Sent(member.pk, poll.read(marks), token)
    if _write(poll, sent, over):
        counters.ballot_cast()
        return
    if _is_in(poll, sent, over):
        return
    fresh = _fresh(poll, member)
    if fresh.revision == poll.revision:
        raise VotedAlready(_which(poll, over))
    cast(fresh, member=member, marks=marks, token=token, over=over)


def withdraw(poll: Poll, *, member, over: UUID) -> None:
    """Withdraw the ballot. The member may vote again while the poll is open. Raises NotCounted."""
    _refuse(permissions.why_not_vote(member, poll))
    if not poll.withdrawable:
        raise NotCounted("Ballots in this poll cannot be taken back. Your ballot counts.")
    old = ballot_store.withdraw(poll, member.pk, over)
    if old:
        _move(poll, old, None)
    elif has_voted(poll, member):
        _fresh(poll, member)
        raise VotedAlready(_which(poll, over))


def has_voted(poll: Poll, user) -> bool:
    """Whether `user` has voted. One query, none for visitors."""
    return user.is_authenticated and _has_ballot(poll, user.pk)


def voters(polls: list[Poll], members: list[int]) -> set[tuple[int, int]]:
    """Pairs of poll id and member id: which of the members have voted in which of the polls. At most two queries."""
    found: set[tuple[int, int]] = set()
    for rows, secret in ((Ballot, False), (Voter, True)):
        asked = [poll.pk for poll in polls if poll.secret is secret]
        if asked and members:
            voted = rows.objects.filter(member__in=members, poll__in=asked)
            found.update(voted.values_list("poll", "member"))
    return found


def _has_ballot(poll, member_id):
    rows = Voter if poll.secret else Ballot
    return rows.objects.filter(poll=poll, member=member_id).exists()


def _write(poll, sent, over):
    try:
        return _put_in(poll, sent, over)
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name != "receipt_once":
            raise
        # Two members have the same key: one of them was shown the other's form.
        if not _has_ballot(poll, sent.member):
            raise NotCounted(
                "This form belongs to another ballot, so your vote was not counted. Reload the page and vote again."
            ) from None
        return False


def _put_in(poll, sent, over):
    if over is None:
        transaction = ballot_store.cast(poll, sent)
        if transaction is not None:
            tally_cache.raise_cells(
                poll, transaction, Counter(tally.cells(poll.counting_method, sent.ballot))
            )
        return transaction is not None
    old = ballot_store.change(poll, sent, over)
    if old:
        _move(poll, old, sent.ballot)
    return old is not None


def _move(poll, old, ballot):
    """Update the tally: one ballot replaced another, or was withdrawn if `ballot` is None."""
    before, transaction = old
    change = Counter(tally.cells(poll.counting_method, ballot)) if ballot is not None else Counter()
    change.subtract(tally.cells(poll.counting_method, before))
    tally_cache.raise_cells(poll, transaction, change)


def _is_in(poll, sent, over):
    """Whether the stored ballot comes from this same form, which was then sent twice."""
    if poll.secret:
        receipt = receipt_of(poll.pk, sent.token)
        kept = SecretBallot.objects.filter(poll=poll, receipt=receipt).values_list("marks", flat=True)
        return _has_ballot(poll, sent.member) and [tally.freeze(m) for m in kept] == [sent.ballot]
    found = Ballot.objects.filter(poll=poll, member=sent.member).first()
    if found is None:
        return False
    # Two tabs with the same marks are one ballot. A late form must not undo a change that was made since.
    same = tally.freeze(found.marks) == sent.ballot
    return same and (found.token == sent.token or over is None)


def _fresh(poll, member):
    """Load the poll again. Raises NotCounted if its present state is the reason for the refusal."""
    fresh = Poll.objects.for_page().get(pk=poll.pk)
    _refuse(permissions.why_not_vote(member, fresh))
    return fresh


def _refuse(reason):
    if reason:
        raise NotCounted(reason)


def _which(poll, over):
    if over is None:
        return "You have already voted in this poll. Your first ballot counts, and this one does not."
    if poll.secret:
        return (
            "No ballot in this poll has this key. Check the key for typing errors. "
            "If you have changed your ballot since, use the key that you were shown then."
        )
    return "You have changed your ballot in another window. Check it here before you change it again."
