"""Casting, changing and withdrawing a ballot: the rules around the box.

However often the same form arrives, from two tabs, two servers or a network that lost the answer, there is
one ballot and the same answer. A form that was made over an older ballot than the one in the box changes
nothing.
"""

from collections import Counter
from uuid import UUID

from django.db import IntegrityError

from polls import board, box, permissions, tally
from polls.models import Ballot, Poll, SecretBallot, Voter
from polls.receipts import receipt_of


class NotCounted(Exception):
    """The ballot was refused, and nothing was counted or changed. The sentence is for the voter."""


class VotedAlready(NotCounted):
    """There is another ballot of this member, and it stands."""


def cast(poll: Poll, *, member, marks, token: UUID, over: UUID | None = None) -> None:
    """Count the marks as the member's ballot; committed when this returns.

    `token` is new with every form; in a secret poll it is the voter's key. `over` is the token of the
    member's ballot that this one replaces. Raises NotCounted or InvalidBallot; DatabaseError where Postgres
    is away. One statement, two more when the ballot did not go in at once.
    """
    _refuse(permissions.why_not_vote(member, poll))
    if over is not None and not poll.changeable:
        raise NotCounted("In this poll a ballot cannot be changed.")
    sent = box.Sent(member.pk, poll.read(marks), token)
    if _write(poll, sent, over) or _is_in(poll, sent, over):
        return
    fresh = _fresh(poll, member)
    if fresh.revision == poll.revision:
        raise VotedAlready(_which(poll, over))
    cast(fresh, member=member, marks=marks, token=token, over=over)


def withdraw(poll: Poll, *, member, over: UUID) -> None:
    """Take the ballot back; the member may vote again while the poll is open. Raises NotCounted."""
    _refuse(permissions.why_not_vote(member, poll))
    if not poll.withdrawable:
        raise NotCounted("In this poll a ballot cannot be taken back.")
    old = box.withdraw(poll, member.pk, over)
    if old:
        _move(poll, old, None)
    elif has_voted(poll, member):
        _fresh(poll, member)
        raise VotedAlready(_which(poll, over))


def has_voted(poll: Poll, member) -> bool:
    """One query."""
    rows = Voter if poll.secret else Ballot
    return rows.objects.filter(poll=poll, member=member).exists()


def _write(poll, sent, over):
    try:
        return _put_in(poll, sent, over)
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name != "receipt_once":
            raise
        # Both have the same key: one of them was shown the other's form.
        if not has_voted(poll, sent.member):
            raise NotCounted("That form belongs to another ballot. Reload the page and vote there.") from None
        return False


def _put_in(poll, sent, over):
    if over is None:
        transaction = box.cast(poll, sent)
        if transaction is not None:
            board.raise_cells(poll, transaction, Counter(tally.cells(poll.rule, sent.ballot)))
        return transaction is not None
    old = box.change(poll, sent, over)
    if old:
        _move(poll, old, sent.ballot)
    return old is not None


def _move(poll, old, ballot):
    """Tell the board that one ballot took the place of another, or left."""
    before, transaction = old
    change = Counter(tally.cells(poll.rule, ballot)) if ballot is not None else Counter()
    change.subtract(tally.cells(poll.rule, before))
    board.raise_cells(poll, transaction, change)


def _is_in(poll, sent, over):
    """Whether this very form is the ballot in the box: then it is sent for the second time."""
    if poll.secret:
        receipt = receipt_of(poll.pk, sent.token)
        kept = SecretBallot.objects.filter(poll=poll, receipt=receipt).values_list("marks", flat=True)
        return has_voted(poll, sent.member) and [tally.freeze(m) for m in kept] == [sent.ballot]
    found = Ballot.objects.filter(poll=poll, member=sent.member).first()
    if found is None:
        return False
    # Two tabs that say the same are one opinion; a late form may not undo a change made since.
    same = tally.freeze(found.marks) == sent.ballot
    return same and (found.token == sent.token or over is None)


def _fresh(poll, member):
    """The poll as it is now. Raises NotCounted if that is why the ballot was refused."""
    fresh = Poll.objects.for_page().get(pk=poll.pk)
    _refuse(permissions.why_not_vote(member, fresh))
    return fresh


def _refuse(reason):
    if reason:
        raise NotCounted(reason)


def _which(poll, over):
    if over is None:
        return "You have voted in this poll already. That ballot stands, and this one was not counted."
    if poll.secret:
        return "No ballot in this poll has that key. It may have been mistyped, or the ballot changed since."
    return "Your ballot has been changed in another window meanwhile. Look at it before you change it again."
