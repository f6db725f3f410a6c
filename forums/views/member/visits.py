from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from config.web.limits import limit
from forums.models import Visit
from forums.notifications import unread
from forums.views.finding import find_topic

MOST_SHOWN = 500
"""Comments that a page reports as shown in one request, as in topic.js."""


@require_POST
@login_required
@limit("mark-read", member="120/m", address="1200/m")
def mark_read(request, pk):
    """Mark everything up to `seq`, the newest comment on the page, as read."""
    topic = find_topic(request.user, pk)
    Visit.objects.mark_read(request.user, topic, _seq(request.POST.get("seq", ""), topic))
    return HttpResponseRedirect(topic.get_absolute_url(), status=303)


@require_POST
@login_required
@limit("see", member="120/m", address="1200/m")
def see(request, pk):
    """Store that an open page has shown the comments `shown` and everything up to `seq`. Its marks of new ones stay."""
    topic = find_topic(request.user, pk)
    seq, shown = _seq(request.POST.get("seq", ""), topic), _shown(request, topic)
    Visit.objects.go_on(request.user, topic, seq)
    unread.mark_shown_read(request.user, topic, shown)
    return HttpResponse(status=204)


def _shown(request, topic):
    """Parse the numbers of comments, separated by commas. There may be none."""
    shown = request.POST.get("shown", "")
    # With too many numbers, the rest remains one text, which is no number and so is refused.
    numbers = shown.split(",", MOST_SHOWN - 1) if shown else []
    return [_seq(number, topic) for number in numbers]


def _seq(seq, topic):
    if not seq.isdecimal() or len(seq) > 10 or int(seq) > topic.last_seq:
        raise BadRequest("There is no such comment in this topic. Please reload its page.")
    return int(seq)
