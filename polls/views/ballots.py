from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from config.web.limits import limit
from forums.access.refusal import Refused
from forums.posting import publish
from polls.ballots import poll_cache, voting
from polls.ballots.receipts import readable, receipt_of, typed
from polls.ballots.voting import NotCounted
from polls.models import SecretBallot
from polls.results.panel import PollPanel, in_words
from polls.tally import InvalidBallot, freeze, from_ranks
from polls.views.finding import find_panel, find_poll, or_not_counted
from polls.views.forms import BallotForm, ReceiptForm

PACE = limit("ballot", member="60/m", address="600/m")
"""One limit for all polls together."""


@or_not_counted
@require_POST
@PACE
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
def cast(request, pk):
    """Count the viewer's ballot, or replace the one they had."""
    poll = poll_cache.find(request.user, pk)
    form = BallotForm(request.POST)
    sent = {}
    try:
        if not form.is_valid():
            raise InvalidBallot(next(iter(form.errors.values()))[0])
        marks, sent = read_marks(poll, request.POST)
        if reason := form.cleaned_data["reason"]:
            publish.check_words(request.user, poll.topic.category, reason)
            marks, sent = [*marks, reason], {**sent, "reason": reason}
        token, over = form.cleaned_data["token"], form.cleaned_data["over"]
        voting.cast(poll, member=request.user, marks=marks, token=token, over=over)
    except (InvalidBallot, NotCounted, Refused) as why:
        return _refused(request, poll, why, sent)
    if not poll.secret and not _by_script(request):
        return HttpResponseRedirect(f"{poll.get_absolute_url()}#poll-{poll.pk}", status=303)
    panel = PollPanel(poll, request.user, voted=True, message="Your ballot has been counted.")
    if poll.secret:
        panel.receipt, panel.key = readable(receipt_of(poll.pk, token)), token
    return _answer(request, panel)


@or_not_counted
@require_POST
@PACE
@never_cache
@sensitive_post_parameters()
def withdraw(request, pk):
    """Withdraw the viewer's ballot."""
    poll = find_poll(request.user, pk)
    form = ReceiptForm(request.POST)
    try:
        if not form.is_valid():
            raise NotCounted(next(iter(form.errors.values()))[0])
        voting.withdraw(poll, member=request.user, over=form.cleaned_data["over"])
    except NotCounted as reason:
        return _refused(request, poll, reason, {})
    return _answer(
        request, PollPanel(poll, request.user, voted=False, message="Your ballot has been taken back.")
    )


def find_receipt(request, pk):
    """Show the ballot with a receipt. Redirects to the poll unless it is secret, closed and its results are visible."""
    panel = find_panel(request.user, pk)
    receipt = typed(request.GET.get("receipt", ""))
    if not panel.poll.secret or not panel.sees_results or panel.poll.closed_at is None:
        return redirect(panel.poll)
    ballot = SecretBallot.objects.filter(poll=panel.poll, receipt=receipt.replace("\0", "")).first()
    words = in_words(panel.poll, freeze(ballot.marks)) if ballot else ""
    context = {
        "poll": panel.poll,
        "receipt": readable(receipt),
        "words": words,
        "found": ballot is not None,
    }
    return render(request, "polls/receipt.html", context, status=200 if ballot or not receipt else 404)


def read_marks(poll, post) -> tuple[list | tuple, dict[int, int]]:
    """The marks of the form as a ballot to be validated, and by option, to fill the form in again.

    Raises InvalidBallot for a value that is not a number.
    """
    if poll.counting_method.has_numbers:
        given = _numbers(post, f"{poll.method}-")
        return list(given.items()), given
    if poll.counting_method.is_ranked:
        given = _numbers(post, "rank-")
        return from_ranks(given, poll.option_ids), given
    chosen = [_number(each) for each in post.getlist("option")]
    return chosen, dict.fromkeys(chosen, 1)


def _numbers(post, prefix):
    """The numbers of fields such as `score-7`, by option. Skips empty fields."""
    return {
        _number(name.removeprefix(prefix)): _number(value)
        for name, value in post.items()
        if name.startswith(prefix) and value
    }


def _number(text):
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise InvalidBallot(f"“{text[:20]}” is not a valid number. Choose from the numbers in the form.")
    return int(text)


def _refused(request, poll, reason, sent):
    """Show the poll as it is now, with the reason and the form with all its marks."""
    poll = find_poll(request.user, poll.pk)
    panel = PollPanel(
        poll,
        request.user,
        voted=voting.has_voted(poll, request.user),
        error=str(reason),
        refused_marks=sent or None,
    )
    status = 409 if isinstance(reason, voting.VotedAlready) else 400
    if isinstance(reason, NotCounted) and status == 400:
        status = 403
    return _answer(request, panel, status)


def _answer(request, panel, status=200):
    if _by_script(request):
        body = {"html": str(panel.html(request)), "message": panel.message, "error": panel.error}
        return JsonResponse(body, status=status)
    context = {"panel": panel, "poll": panel.poll, "log": panel.poll.log.select_related("by")}
    return render(request, "polls/show.html", context, status=status)


def _by_script(request):
    return "application/json" in request.headers.get("Accept", "")
