"""Moderation on the page: one address for each act, and a page with all acts on a comment or topic."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.sign_in import second_factor
from forums.access import permissions
from forums.models import BackgroundAct, Category, Topic
from forums.models.moderation.action import NotDone
from forums.moderation import long_acts
from forums.moderation.acts import branches, comments, topics
from forums.moderation.background import Kind
from forums.moderation.forms import (
    MergeForm,
    MoveForm,
    ReasonForm,
    RenameForm,
    RequiredReasonForm,
    RetagForm,
)
from forums.views.finding import back_to, find_comment, find_topic
from forums.views.refusing import shows_refusals


def _for_moderators(find):
    """Decorates a view: finds the comment or topic through the viewer, and refuses viewers who do not moderate it."""

    def decorate(view):
        @wraps(view)
        def wrapped(request, pk):
            found = find(request.user, pk)
            topic = found if isinstance(found, Topic) else found.topic
            if not permissions.may_moderate(request.user, topic):
                raise PermissionDenied("Only moderators do this.")
            return view(request, found)

        return shows_refusals(login_required(second_factor.required(wrapped)))

    return decorate


@_for_moderators(find_topic)
def of_topic(request, topic):
    """The page with all acts on a topic."""
    return _show_topic(request, topic, ReasonForm())


@_for_moderators(find_comment)
def of_comment(request, comment):
    """The page with all acts on a comment and its branch."""
    return _show_comment(request, comment, ReasonForm())


def _show_topic(request, topic, form):
    own = Category.objects.moderated_by(request.user).in_order()
    context = {"topic": topic, "form": form, "categories": own}
    return render(request, "forums/moderation/topic.html", context, status=400 if form.errors else 200)


def _show_comment(request, comment, form):
    context = {"comment": comment, "topic": comment.topic, "form": form}
    return render(request, "forums/moderation/comment.html", context, status=400 if form.errors else 200)


def _back_to_topic(request, topic):
    return HttpResponseRedirect(topic.get_absolute_url(), status=303)


def _view(find, act, form_class=ReasonForm, *, uses_rule=True, needs_user=False, redirect_to=None):
    """A view that does `act` to the topic or comment that `find` returns, with the answers of the form.

    `redirect_to(action)` is the topic to redirect to. Without it the moderator returns to where they were. If a task
    does the act, they see its progress.
    """
    show, back = (_show_topic, _back_to_topic) if find is find_topic else (_show_comment, back_to)

    @require_POST
    @_for_moderators(find)
    def view(request, found):
        form = form_class(request.POST, **({"user": request.user} if needs_user else {}))
        if not form.is_valid():
            return show(request, found, form)
        topic = found if isinstance(found, Topic) else found.topic
        if topic.is_moving and not isinstance(
            act, Kind
        ):  # those decide themselves: a double click is no error
            raise NotDone(permissions.MOVING)
        said = {name: value for name, value in form.cleaned_data.items() if uses_rule or name != "rule"}
        action = act(found, by=request.user, **said)
        if isinstance(action, BackgroundAct):
            return HttpResponseRedirect(action.get_absolute_url(), status=303)
        return _back_to_topic(request, redirect_to(action)) if redirect_to else back(request, found)

    return view


lock = _view(find_topic, topics.lock)
unlock = _view(find_topic, topics.unlock, uses_rule=False)
pin = _view(find_topic, topics.pin, uses_rule=False)
unpin = _view(find_topic, topics.unpin, uses_rule=False)
hide_topic = _view(find_topic, topics.hide, RequiredReasonForm)
restore_topic = _view(find_topic, topics.restore, uses_rule=False)
move = _view(find_topic, topics.move, MoveForm, needs_user=True)
rename = _view(find_topic, topics.rename, RenameForm)
retag = _view(find_topic, topics.retag, RetagForm, needs_user=True)
merge = _view(
    find_topic, long_acts.MERGE, MergeForm, needs_user=True, redirect_to=lambda action: action.topic
)

hide = _view(find_comment, comments.hide, RequiredReasonForm)
restore = _view(find_comment, long_acts.RESTORE, uses_rule=False)
hide_branch = _view(find_comment, long_acts.HIDE_BRANCH, RequiredReasonForm)
lock_branch = _view(find_comment, branches.lock)
unlock_branch = _view(find_comment, branches.unlock, uses_rule=False)
split = _view(
    find_comment,
    long_acts.SPLIT,
    RenameForm,
    redirect_to=lambda action: Topic.objects.get(pk=action.facts["to"]),
)
