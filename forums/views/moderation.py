from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from forums import permissions
from forums.models import Category
from forums.views.finding import back_to, find_comment, find_topic


def _topic_verb(change):
    """A view by which a moderator changes a topic and is back on its page."""

    def view(request, pk):
        topic = find_topic(request.user, pk)
        _only_moderators(request, topic)
        change(request, topic)
        return HttpResponseRedirect(topic.get_absolute_url(), status=303)

    return require_POST(login_required(view))


def _comment_verb(change):
    def view(request, pk):
        comment = find_comment(request.user, pk)
        _only_moderators(request, comment.topic)
        change(request, comment)
        return back_to(request, comment)

    return require_POST(login_required(view))


def _only_moderators(request, topic):
    if not permissions.may_moderate(request.user, topic):
        raise PermissionDenied("Only moderators do this.")


def _move(request, topic):
    slug = request.POST.get("category", "")[:60].replace("\x00", "")
    topic.move(get_object_or_404(Category.objects.visible_to(request.user), slug=slug))


def _hide(request, comment):
    if not comment.is_gone:
        comment.hide(by=request.user)


def _restore(request, comment):
    if comment.is_hidden:
        comment.restore()


lock = _topic_verb(lambda request, topic: topic.lock(by=request.user))
unlock = _topic_verb(lambda request, topic: topic.unlock())
pin = _topic_verb(lambda request, topic: topic.pin(by=request.user))
unpin = _topic_verb(lambda request, topic: topic.unpin())
move = _topic_verb(_move)
hide = _comment_verb(_hide)
restore = _comment_verb(_restore)
