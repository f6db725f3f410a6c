from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render

from accounts.sign_in import second_factor
from forums.access import permissions
from forums.models import SlowMode
from forums.moderation.acts import slow_mode
from forums.posting.forms import SlowModeForm
from forums.views import refusing
from forums.views.finding import find_topic


@login_required
@second_factor.required
@refusing.shows_refusals
def change(request, pk):
    """Set or remove the slow mode of a topic, or with `?branch=` of the branch of that comment."""
    topic = find_topic(request.user, pk)
    if not permissions.may_moderate(request.user, topic):
        raise PermissionDenied("Only moderators do this.")
    branch = _branch(topic, request.GET.get("branch", ""))
    mode = SlowMode.objects.filter(topic=topic, branch=branch).first()
    initial = {"seconds": mode.seconds, "scope": mode.scope} if mode else {}
    form = SlowModeForm(request.POST or None, is_branch=branch is not None, initial=initial)
    if request.method == "POST" and form.is_valid():
        slow_mode.slow(topic, branch=branch, by=request.user, **form.cleaned_data)
        return HttpResponseRedirect((branch or topic).get_absolute_url(), status=303)
    context = {"topic": topic, "branch": branch, "form": form}
    return render(request, "forums/topics/slow.html", context, status=400 if form.errors else 200)


def _branch(topic, number):
    """Load the first comment of the branch; None for the whole topic, which is the branch of its opening."""
    if not number:
        return None
    pk = int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0
    comment = get_object_or_404(topic.comments, pk=pk)
    return None if comment.is_opening else comment
