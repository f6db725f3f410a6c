"""Moderation on the page: one address for each act, and a page with all acts on a comment or topic."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts import second_factor
from forums import permissions
from forums.models import Category, Topic
from forums.moderation import branches, comments, merging, splitting, topics
from forums.reasons import CategoryForm, GroundForm, IntoForm, TitleForm, WhyForm
from forums.views.finding import back_to, find_comment, find_topic
from forums.views.refusing import told


def _for_moderators(find):
    """Decorates a view: finds the comment or topic through the viewer, and refuses viewers who do not moderate it."""

    def decorate(view):
        @wraps(view)
        def asked(request, pk):
            found = find(request.user, pk)
            topic = found if isinstance(found, Topic) else found.topic
            if not permissions.may_moderate(request.user, topic):
                raise PermissionDenied("Only moderators do this.")
            return view(request, found)

        return told(login_required(second_factor.demanded(asked)))

    return decorate


@_for_moderators(find_topic)
def of_topic(request, topic):
    """The page with all acts on a topic."""
    return _show_topic(request, topic, WhyForm())


@_for_moderators(find_comment)
def of_comment(request, comment):
    """The page with all acts on a comment and its branch."""
    return _show_comment(request, comment, WhyForm())


def _show_topic(request, topic, form):
    own = Category.objects.moderated_by(request.user).in_order()
    context = {"topic": topic, "form": form, "categories": own}
    return render(request, "forums/moderation/topic.html", context, status=400 if form.errors else 200)


def _show_comment(request, comment, form):
    context = {"comment": comment, "topic": comment.topic, "form": form}
    return render(request, "forums/moderation/comment.html", context, status=400 if form.errors else 200)


def _topic_verb(act, form_class=WhyForm, **own):
    """A view that does an act on a topic. `act` may return the topic to redirect to."""

    @require_POST
    @_for_moderators(find_topic)
    def view(request, topic):
        form = form_class(request.POST, **{name: value(request) for name, value in own.items()})
        if not form.is_valid():
            return _show_topic(request, topic, form)
        there = act(topic, by=request.user, **form.cleaned_data)
        return HttpResponseRedirect((there or topic).get_absolute_url(), status=303)

    return view


def _comment_verb(act, form_class=WhyForm):
    @require_POST
    @_for_moderators(find_comment)
    def view(request, comment):
        form = form_class(request.POST)
        if not form.is_valid():
            return _show_comment(request, comment, form)
        there = act(comment, by=request.user, **form.cleaned_data)
        return (
            HttpResponseRedirect(there.get_absolute_url(), status=303) if there else back_to(request, comment)
        )

    return view


def _quietly(verb):
    """The act without its return value, because a line of the log is not a page to redirect to."""

    def act(target, **said):
        verb(target, **said)

    return act


def _without_rule(verb):
    def act(target, *, rule, **said):
        verb(target, **said)

    return act


def _restore(comment, *, rule, **said):
    """Restore the comment, or its branch if the whole branch was hidden."""
    hiding = comment.hidden_in
    is_branch = hiding is not None and hiding.verb == "branch_hidden" and hiding.comment_id == comment.pk
    (branches if is_branch else comments).restore(comment, **said)


def _move(topic, *, category, **said):
    topics.move(topic, category, **said)


def _rename(topic, *, title, **said):
    topics.rename(topic, title, **said)
    topic.refresh_from_db(fields=["title", "slug"])


def _merge(topic, *, into, **said):
    merging.merge(topic, into, **said)
    return into


def _split(comment, *, title, **said):
    return Topic.objects.get(pk=splitting.split(comment, title, **said).facts["to"])


def _user(request):
    return request.user


lock, unlock = _topic_verb(_quietly(topics.lock)), _topic_verb(_without_rule(topics.unlock))
pin, unpin = _topic_verb(_without_rule(topics.pin)), _topic_verb(_without_rule(topics.unpin))
hide_topic = _topic_verb(_quietly(topics.hide), GroundForm)
restore_topic = _topic_verb(_without_rule(topics.restore))
move = _topic_verb(_move, CategoryForm, user=_user)
rename = _topic_verb(_rename, TitleForm)
merge = _topic_verb(_merge, IntoForm, user=_user)
hide, restore = _comment_verb(_quietly(comments.hide), GroundForm), _comment_verb(_restore)
hide_branch = _comment_verb(_quietly(branches.hide), GroundForm)
lock_branch, unlock_branch = (
    _comment_verb(_quietly(branches.lock)),
    _comment_verb(_without_rule(branches.unlock)),
)
split = _comment_verb(_split, TitleForm)
