from django.core.exceptions import PermissionDenied

from config.limits import limit
from forums import permissions
from forums.models import Vote
from forums.views.finding import back_to, find_comment, press


@press
@limit("vote", member="120/m", address="600/m")
def cast(request, pk, value):
    """Make the viewer's vote on a comment `value`; a second click says the same and changes nothing."""
    comment = find_comment(request.user, pk)
    if not permissions.may_vote(request.user, comment):
        why = "You can vote on what others have written, and only while it is there."
        raise PermissionDenied(permissions.why_silent(request.user) or why)
    Vote.objects.cast(comment, by=request.user, value=value)
    return back_to(request, comment, {"vote": value, "score": comment.score})
