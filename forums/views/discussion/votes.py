from django.core.exceptions import PermissionDenied

from config.web.limits import limit
from forums.access import permissions
from forums.models import Vote
from forums.views.finding import back_to, find_comment, press


@press
@limit("vote", member="120/m", address="600/m")
def cast(request, pk, value):
    """Set the member's vote on a comment to `value`. A second click changes nothing."""
    comment = find_comment(request.user, pk)
    if not permissions.may_vote(request.user, comment):
        why = "You can vote on comments of others, as long as they can be read."
        raise PermissionDenied(permissions.why_not_now(request.user, comment.topic) or why)
    Vote.objects.cast(comment, by=request.user, value=value)
    return back_to(request, comment, {"vote": value, "score": comment.score})
