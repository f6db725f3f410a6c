from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts import blocks
from config.limits import in_words, limit
from config.prepared import prepared
from forums import permissions, screening, thread
from forums.forms import ReplyForm
from forums.models import Comment, Draft, Held, SlowMode
from forums.models.comment import NotPosted
from forums.models.floor import TooSoon, why_closed
from forums.views import held
from forums.views.finding import find_topic, one_or_404

PACE = limit("reply", member="20/m", address="120/m")
"""A quick tongue in a debate stays under it."""


def add(request, pk):
    """Reply to a comment: a page of its own for those without scripts, a row of the thread for those with."""
    topic = find_topic(request.user, pk)
    # Nothing else from the address: a link must not choose the token, which names what has been sent already.
    asked = {"parent": request.GET.get("parent")}
    form = ReplyForm(request.POST if request.method == "POST" else None, initial=asked, auto_id=False)
    parent = _parent(topic, form)
    if request.method == "POST":
        status = _refusal(request, topic, form)
        if status is None:
            try:
                posted = screening.reply(topic, author=request.user, parent=parent, **_written(form))
            except TooSoon as refused:
                form.add_error(None, str(refused))
                request.retry_after, status = refused.wait, 429
            except NotPosted as refused:
                form.add_error(None, str(refused))
                form.renew_token()
                status = refused.status
            else:
                return _posted(request, topic, posted, parent)
    else:
        status = 200
        draft = request.user.is_authenticated and Draft.objects.of(request.user, topic=topic, parent=parent)
        form.initial["body"] = draft.body if draft else ""
    context = {
        "topic": topic,
        "parent": parent,
        "form": form,
        "may_reply": permissions.may_reply(request.user, topic),
        "slow": SlowMode.objects.over(topic, parent) if topic.is_slow else [],
    }
    response = render(request, "forums/comments/reply.html", context, status=status)
    if status == NotPosted.status:  # the form's own has been used up
        response["Next-Token"] = form.data["token"]
    return response


def _parent(topic, form):
    """The comment answered: of this topic, or there is no such page; the opening where none is named."""
    named = form["parent"].value()
    if not named:
        return topic.comments.select_related("author").get(seq=1)
    pk = int(named) if str(named).isdecimal() and len(str(named)) < 19 else 0
    return one_or_404(_comments(topic.pk, pk))


@prepared
def _comments(topic, pk):
    return Comment.objects.filter(topic=topic, pk=pk).select_related("author")


def _refusal(request, topic, form):
    """The status with which the form comes back, all that was written in it; None when it may be posted."""
    if not request.user.is_authenticated:
        form.add_error(
            None, "You are signed out. Sign in in another tab, then send this again: nothing is lost."
        )
        return 403
    if not permissions.may_reply(request.user, topic):
        form.add_error(None, _why_not(request.user, topic))
        return 403
    if why := blocks.why_not_post(request):
        form.add_error(None, why)
        return 403
    if not form.is_valid():
        return 400
    if wait := PACE.wait(request):
        form.add_error(None, f"You are writing very fast. Please send this again {in_words(wait)}.")
        return 429
    return None


def _why_not(user, topic):
    if silent := permissions.why_silent(user):
        return silent
    return why_closed(topic) if topic.is_closed else "You may not reply in this category."


def _written(form):
    return {"body": form.cleaned_data["body"], "token": form.cleaned_data["token"]}


def _posted(request, topic, comment, parent):
    """To the form that stays where it is, the token of what is written in it next."""
    if isinstance(comment, Held):
        response = held.answer(request, comment)
    elif "text/x-row" in request.headers.get("Accept", ""):
        response = HttpResponse(thread.single(topic, comment, parent, request.user), status=201)
    else:
        return HttpResponseRedirect(comment.get_absolute_url(), status=303)
    response["Next-Token"] = uuid4()
    return response
