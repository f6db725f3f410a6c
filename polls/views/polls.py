from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounts.sign_in import blocks
from config.web.limits import limit
from forums.access.refusal import Refusal, Refused
from forums.listing.paging import Pages
from forums.live import streams
from forums.models import Record
from forums.posting import publish
from forums.views import refusing
from forums.views.finding import find_topic
from forums.views.outcomes import editing
from polls import tally
from polls.ballots import closing, permissions
from polls.models import Poll
from polls.models.poll import Frozen
from polls.results import live_updates
from polls.results.panel import in_words
from polls.transfer import export
from polls.views.finding import find_panel, find_poll
from polls.views.forms import SPECIAL, ExtendForm, PollForm, WordingForm

PACE = limit("poll-open", member="20/h", address="60/h")


def show(request, pk):
    """Show a poll on its own page."""
    panel = find_panel(request.user, pk)
    context = {"panel": panel, "poll": panel.poll, "log": panel.poll.log.select_related("by")}
    context["record"] = Record.objects.links().filter(kind=Record.Kind.POLL, number=pk).first()
    context["parts"] = export.parts(panel.results.turnout) if panel.sees_results else []
    return render(request, "polls/show.html", context)


def state(request, pk):
    """Send the message that the socket would send now, for pages that have no socket."""
    panel = find_panel(request.user, pk)
    messages = live_updates.state(panel.poll.pk)
    text = messages.get(live_updates.label(panel.poll) if panel.sees_results else "")
    closed = streams.encode("poll_closed", poll=panel.poll.pk)
    return HttpResponse(
        text or closed, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


@login_required
def new(request, topic):
    """Add a poll to a topic. A refused form is shown again with all its values."""
    topic = find_topic(request.user, topic)
    if not permissions.may_open(request.user, topic):
        raise PermissionDenied("Only the author of the topic and moderators can add a poll to it.")
    if request.method == "POST" and (why := blocks.why_not_post(request)):
        raise PermissionDenied(why)
    form = PollForm(request.POST or None, user=request.user)
    status = None
    if _is_to_save(request, topic, form):
        try:
            if wait := PACE.wait(request):
                raise Refused(Refusal.TOO_FAST, "You have opened many polls.", wait)
            given = form.options | form.rules | {"token": form.cleaned_data["token"]}
            poll = Poll.open(author=request.user, topic=topic, **given)
            return HttpResponseRedirect(poll.get_absolute_url(), status=303)
        except Refused as refused:
            status = refusing.show_in(form, refused, request)
    status = status or (400 if form.errors else 200)
    context = {"form": form, "topic": topic, "preview": _preview(request, form)}
    return render(request, "polls/new.html", context, status=status)


@login_required
@limit("poll-edit", member="60/h", address="240/h")
def edit(request, pk):
    """Change the rules and options of a poll without ballots."""
    poll = _find_to_run(request, pk)
    if poll.has_ballots():
        raise PermissionDenied("Someone has already voted, so the rules and options can no longer change.")
    form = PollForm(request.POST or None, user=request.user, initial=_as_written(poll))
    if _is_to_save(request, poll.topic, form):
        try:
            poll.revise(by=request.user, **form.options, **form.rules)
            return HttpResponseRedirect(poll.get_absolute_url(), status=303)
        except Frozen as reason:
            form.add_error(None, str(reason))
    context = {"form": form, "poll": poll, "topic": poll.topic, "preview": _preview(request, form)}
    return render(request, "polls/new.html", context, status=400 if form.errors else 200)


@login_required
@limit("poll-edit", member="60/h", address="240/h")
def correct(request, pk, option):
    """Correct an option's wording. Everyone sees a note beside it."""
    poll = _find_to_run(request, pk)
    chosen = get_object_or_404(poll.options, pk=option)
    others = [each.wording for each in poll.options.all() if each != chosen]
    form = WordingForm(request.POST or None, others=others, initial={"wording": chosen.wording})
    return _run(
        request, poll, form, "Correct an option", lambda given: poll.correct(chosen, by=request.user, **given)
    )


@login_required
@limit("poll-edit", member="60/h", address="240/h")
def add_option(request, pk):
    """Add an option to a poll that allows it."""
    poll = _find_to_run(request, pk)
    form = WordingForm(request.POST or None, others=[each.wording for each in poll.options.all()])
    return _run(request, poll, form, "Add an option", lambda given: poll.add_option(by=request.user, **given))


@login_required
@limit("poll-edit", member="60/h", address="240/h")
def extend(request, pk):
    """Move the closing time to a later time."""
    poll = _find_to_run(request, pk)
    form = ExtendForm(request.POST or None, initial={"closes_at": poll.closes_at})
    return _run(
        request, poll, form, "Move the closing time", lambda given: poll.extend(by=request.user, **given)
    )


@require_POST
@login_required
def close(request, pk):
    """Close the poll now and count it for the last time."""
    poll = _find_to_run(request, pk)
    closing.close(poll, by=request.user)
    return HttpResponseRedirect(poll.get_absolute_url(), status=303)


@login_required
def decide(request, pk):
    """Give a closed poll an outcome, or change it."""
    poll = find_poll(request.user, pk)
    return editing.edit(request, poll, is_over=poll.is_closed)


def show_voters(request, pk):
    """List the ballots of a public poll with their voters, or the voters of a secret poll that publishes them.

    Viewers who may not see the results get 403.
    """
    panel = find_panel(request.user, pk)
    if panel.poll.secret and not panel.shows_voters:
        raise Http404
    if not panel.sees_results:
        raise PermissionDenied(
            "You can see who voted for what as soon as you can see the results of this poll."
        )
    if panel.poll.secret:
        pages = Pages(request, panel.poll.voters.select_related("member"), ["member_id", "pk"])
        return render(request, "polls/voters.html", {"poll": panel.poll, "panel": panel, "pages": pages})
    ballots = panel.poll.ballots.select_related("member")
    pages = Pages(request, ballots, ["member_id", "pk"])
    rows = [(ballot, in_words(panel.poll, tally.freeze(ballot.marks))) for ballot in pages]
    return render(request, "polls/voters.html", {"poll": panel.poll, "pages": pages, "rows": rows})


def _is_to_save(request, topic, form):
    """Whether the form was sent, its text may be published, and the member did not ask for a preview."""
    sent = request.method == "POST" and form.is_valid() and _is_taken(request, topic, form)
    return sent and "preview" not in request.POST


def _preview(request, form):
    """Return the unsaved poll of a valid form if the member asked for a preview."""
    return Poll(**form.rules) if "preview" in request.POST and form.is_valid() else None


def _is_taken(request, topic, form):
    """Whether the site's filters accept the text. Otherwise adds their reason to the form."""
    try:
        publish.check_words(request.user, topic.category, form.text)
    except Refused as refused:
        refusing.show_in(form, refused, request)
    return not form.errors


def _find_to_run(request, pk):
    poll = find_poll(request.user, pk)
    if not permissions.may_run(request.user, poll):
        raise PermissionDenied("Only the member who opened this poll and moderators can change it.")
    return poll


def _run(request, poll, form, title, verb):
    if request.method == "POST" and form.is_valid() and _is_taken(request, poll.topic, form):
        try:
            verb(form.cleaned_data)
            return HttpResponseRedirect(poll.get_absolute_url(), status=303)
        except Frozen as reason:
            form.add_error(None, str(reason))
    context = {"form": form, "poll": poll, "title": title}
    return render(request, "polls/run.html", context, status=400 if form.errors else 200)


def _as_written(poll):
    written = {name: getattr(poll, name) for name in PollForm.base_fields if hasattr(poll, name)}
    wordings = "\n".join(option.wording for option in poll.options.all() if not option.kind)
    kinds = {option.kind: option.wording for option in poll.options.all()}
    special = {name: kinds.get(kind, "") for name, kind in SPECIAL.items()}
    of_roll = "yes" if poll.majority_of_roll else "no"
    secret = "yes" if poll.secret else "no"
    return {**written, **special, "wordings": wordings, "secret": secret, "majority_of_roll": of_roll}
