from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts.sign_in import blocks
from config.caching import cache_tags
from config.caching.compiled_queries import compiled
from config.web.limits import limit
from forums.access import permissions
from forums.access.refusal import Refusal, Refused
from forums.listing import categories
from forums.models import Comment, Draft, SlowMode
from forums.models.discussion.reply_slot import why_closed
from forums.posting import publish
from forums.posting.forms import ReplyForm
from forums.reading import topic_page
from forums.views import refusing
from forums.views.finding import find_topic, one_or_404
from forums.views.moderation import pending

PACE = limit("reply", member="20/m", address="120/m")
"""High enough for a fast writer in a debate."""
_ANSWERED = (
    "seq", "depth", "path", "body_html", "deleted_at", "hidden_at", "hidden_in", "topic__category", "topic__author",
    "topic__title", "topic__slug", "topic__version", "topic__last_seq", "topic__accepted", "topic__is_slow",
    "topic__debate_from", "topic__debate_until", "topic__locked_at", "topic__moving_since", "topic__hidden_at",
    "topic__deleted_at", "author__username", "author__avatar", "author__deleted_at",
)  # fmt: skip
"""The columns that a reply needs of the comment that it answers. Whole rows would be four times as wide."""


def answer(request, pk):
    """Show the form for a reply to the comment `pk`.

    The buttons of each comment begin with the same address, which makes a page a hundredth smaller when compressed.
    """
    return add(request, None, answered=pk)


def add(request, pk, *, answered=None):
    """Post a reply. Answers scripts with the new row of the thread; without scripts it has a page of its own.

    The comment that is answered may have been moved to another topic since the form was opened. The reply follows it.
    """
    # Only the parent and a draft of one's own are taken from the address. The token names what has been sent already,
    # so no link may choose it.
    asked = {"parent": answered or request.GET.get("parent"), "body": ""}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReplyForm(*sent, initial=asked, auto_id=False, user=request.user)
    # Together, because each is read by a check below.
    cache_tags.read(cache_tags.CATEGORIES, cache_tags.BLOCKS, cache_tags.FILTERS)
    parent = _parent(request.user, form)
    topic = parent.topic if parent else find_topic(request.user, pk)
    parent = parent or topic.comments.select_related("author").get(seq=1)
    if request.method == "POST":
        try:
            _check(request, topic)
            if form.is_valid():
                form.warn(request)
                return _post(request, topic, parent, form.cleaned_data)
            status = 400
        except Refused as refused:
            status = refusing.show_in(form, refused, request)
    else:
        status = 200
        if request.user.is_authenticated:
            form.initial |= _draft(request, parent)
    if status == refusing.CONFLICT:
        form.renew_token()  # sending the same form again could not succeed
    context = {
        "topic": topic,
        "parent": parent,
        "answered": parent.pk,
        "form": form,
        "written": {name: form[name].value() or "" for name in ("token", "body")},
        "may_reply": permissions.may_reply(request.user, topic),
        "slow": SlowMode.objects.over(topic, parent) if topic.is_slow else [],
    }
    response = render(request, "forums/comments/reply.html", context, status=status)
    if status == refusing.CONFLICT:
        response["Next-Token"] = form.data["token"]
    return response


def _parent(user, form):
    """Find the comment that the form answers, in whichever topic. None if it names none, 404 if it is not visible.

    One query, two if categories are not cached.
    """
    named = form["parent"].value()
    if not named:
        return None
    is_number = str(named).isdecimal() and len(str(named)) < 19
    parent = one_or_404(_answered(user, int(named) if is_number else 0))
    parent.topic.category = categories.by_id(parent.topic.category_id)
    return parent


@compiled
def _answered(viewer, pk):
    return Comment.objects.visible_to(viewer).select_related("topic", "author").only(*_ANSWERED).filter(pk=pk)


def _draft(request, parent):
    """Return the token and the body of the member's draft `?draft=`, otherwise of their newest one for this place."""
    draft = Draft.objects.of(request.user, parent=parent, chosen=request.GET.get("draft", ""))
    return {"token": draft.token, "body": draft.body} if draft else {}


def _check(request, topic):
    """Raise `Refused` if the viewer may not reply here."""
    if not request.user.is_authenticated:
        sentence = "You are signed out. Sign in in another tab, then send this again: nothing is lost."
        raise Refused(Refusal.SIGNED_OUT, sentence)
    if not permissions.may_reply(request.user, topic):
        raise Refused(Refusal.NOT_ALLOWED, _why_not(request.user, topic))
    if why := blocks.why_not_post(request):
        raise Refused(Refusal.NOT_ALLOWED, why)


def _why_not(user, topic):
    if silent := permissions.why_silent(user):
        return silent
    return why_closed(topic) if topic.is_closed else "You may not reply in this category."


def _post(request, topic, parent, given):
    if wait := PACE.wait(request):
        raise Refused(Refusal.TOO_FAST, "You are writing very fast.", wait)
    result = publish.reply(
        topic, author=request.user, parent=parent, body=given["body"], token=given["token"]
    )
    if result.pending:
        response = pending.answer(request, result.pending)
    elif "text/x-row" in request.headers.get("Accept", ""):
        response = HttpResponse(topic_page.own(topic, result.posted), status=201)
    else:
        return HttpResponseRedirect(result.posted.get_absolute_url(), status=303)
    # The form stays on the page: this is the token of the next text that is written in it.
    response["Next-Token"] = uuid4()
    return response
