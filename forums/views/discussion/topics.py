from functools import partial
from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render

from accounts.sign_in import blocks
from config.caching import cache_tags, holes, visitor_cache
from config.web.limits import limit
from forums.access import permissions
from forums.access.refusal import Refusal, Refused
from forums.access.viewer_class import ViewerClass
from forums.debates import transitions, upcoming
from forums.listing import category_watches, front_page, topic_lists
from forums.listing.topic_lists import TopicList
from forums.models import Draft, SlowMode, Visit
from forums.notifications import unread
from forums.posting import publish
from forums.posting.forms import TopicForm
from forums.reading import addresses, shared_page, structured_data, topic_page, topic_panels
from forums.reading.forms import JumpForm, ReadingForm
from forums.views import refusing
from forums.views.finding import find_merged, find_topic
from forums.views.moderation import pending

PACE = limit("topic", member="20/h", address="60/h")


def show_list(request):
    """Show a list of the topics that the viewer may see. `?list=` is a key of `forums.listing.topic_lists.LISTS`."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, *topic_lists.tags(request))
    # Together, because later each is read by itself.
    cache_tags.read(cache_tags.CATEGORIES, cache_tags.DEBATES, *topic_lists.tags(request))
    topics = TopicList(request)
    if topics.is_linked:
        visitor_cache.store_query(request)
    front = front_page.shown()
    return holes.page(
        request,
        "forums/topics/list.html",
        topics.shared(request.path) | {"front": front},
        {"list": topics, "debates": upcoming.of(request.user)},
        key=topics.cache_key(front),
        is_linked=topics.is_linked,
    )


def show(request, pk, slug=None):
    """Show a topic, or with `?branch=` one branch of it."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.of_topic(pk))
    # Most often these are the comments of the page, and the member's state for them comes with the topic.
    shown = shared_page.shown_before(pk, ReadingForm.sort_of_beginning(request.GET, request.user))
    try:
        topic = find_topic(request.user, pk, shown)
    except Http404:
        visitor_cache.keep_out(request)
        # Redirect without the title: a cached redirect could otherwise reveal it while the topic is hidden.
        return redirect("topic-find", find_merged(request.user, pk).pk)
    if transitions.apply_due(topic):
        topic = find_topic(request.user, pk)
    if slug != topic.slug:
        visitor_cache.keep_out(request)
        query = request.META["QUERY_STRING"]
        moved = redirect(topic.get_absolute_url() + (f"?{query}" if query else ""), permanent=True)
        # Not cached: if a title is changed and changed back, a browser would follow two old redirects in a circle.
        moved.headers["Cache-Control"] = "private, no-cache"
        return moved
    reading = ReadingForm.read(request.GET, request.user)
    baseline = Visit.objects.note(request.user, topic) if request.user.is_authenticated else None
    own = topic_page.OwnPage(topic, reading, request.user, baseline)
    page = own.page
    if page.shared.is_linked and any(request.GET.keys() <= names for names in addresses.QUERIES):
        visitor_cache.store_query(request)
    unread.mark_page_read(request.user, own)
    viewer = ViewerClass.of(request.user, topic)
    shared = {
        "topic": topic,
        "page": page,
        "viewer": viewer,
        "answered": page.base.id,
        "picture": "" if viewer.is_member else structured_data.picture(page),
        "slow": [str(mode) for mode in SlowMode.objects.over(topic, page.base)] if topic.is_slow else [],
    }
    personal = {
        "own": own,
        "structured": partial(structured_data.of, topic, page),
        "panels": topic_panels.render(request, topic),
        "addable": topic_panels.addable(request.user, topic),
        "form": None,  # without errors, so there is no need to build one for each page
        "written": own.draft or {"token": uuid4(), "body": ""},
        "inherited": category_watches.level_in(request.user, topic.category, topic.tags),
    }
    return holes.page(
        request, "forums/topics/show.html", shared, personal,
        key=page.cache_key(viewer, shared["picture"], shared["slow"]), is_linked=page.shared.is_linked,
    )  # fmt: skip


def jump(request, pk):
    """Go to the first comment since `?date=`, or to the last comment of the topic."""
    topic = find_topic(request.user, pk)
    form = JumpForm(request.GET)
    if not form.is_valid():
        raise BadRequest("That is not a date. Please choose another one.")
    comment = topic.comments.from_date(form.at)
    return redirect("comment-show", comment.pk) if comment else redirect(topic)


@login_required
def new(request, attached=None):
    """Open a topic, then continue with the form of what is `attached` to it, such as a poll."""
    kind = attached and topic_panels.find(attached)
    if attached and kind is None:
        raise Http404
    if request.method != "POST":
        return _show_form(request, _unsent_form(request))
    cache_tags.read(cache_tags.CATEGORIES, cache_tags.BLOCKS, cache_tags.FILTERS)  # together, as for a reply
    form = TopicForm(request.POST, request.FILES, user=request.user)
    try:
        if why := permissions.why_silent(request.user) or blocks.why_not_post(request):
            raise Refused(Refusal.NOT_ALLOWED, why)
        if form.is_valid():
            form.warn(request)
            return _open(request, kind, form.cleaned_data)
        status = 400
    except Refused as refused:
        status = refusing.show_in(form, refused, request)
    if status == refusing.CONFLICT:
        form.renew_token()  # sending the same form again could not succeed
    return _show_form(request, form, status)


def _open(request, kind, given):
    if wait := PACE.wait(request):
        raise Refused(Refusal.TOO_FAST, "You have opened many topics.", wait)
    result = publish.open_topic(author=request.user, **given)
    if result.pending:
        return pending.answer(request, result.pending)
    topic = result.posted
    return HttpResponseRedirect(kind.address_to_add(topic) if kind else topic.get_absolute_url(), status=303)


def _show_form(request, form, status=200):
    context = {"form": form, "kinds": topic_panels.kinds()}
    return render(request, "forums/topics/new.html", context, status=status)


def _unsent_form(request):
    """Return the form for a new topic, with the member's draft `?draft=`, otherwise their newest one."""
    category = request.GET.get("category", "")
    initial = {"category": category if category.isdecimal() else None}
    if draft := Draft.objects.of(request.user, chosen=request.GET.get("draft", "")):
        initial = {
            "token": draft.token,
            "category": draft.category_id or initial["category"],
            "title": draft.title,
            "tags": draft.tags,
            "body": draft.body,
        }
    return TopicForm(user=request.user, initial=initial)
