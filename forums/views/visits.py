from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from config.limits import limit
from forums import bell
from forums.models import Visit
from forums.views.finding import find_topic

MOST_SHOWN = 500
"""Comments that a page says at once it has shown, as in topic.js."""


@require_POST
@login_required
@limit("mark-read", member="120/m", address="1200/m")
def mark_read(request, pk):
    """Everything up to `seq`, the newest that the page had, is no longer new."""
    topic = find_topic(request.user, pk)
    Visit.objects.mark_read(request.user, topic, _seq(request.POST.get("seq", ""), topic))
    return HttpResponseRedirect(topic.get_absolute_url(), status=303)


@require_POST
@login_required
@limit("see", member="120/m", address="1200/m")
def see(request, pk):
    """A page that stayed open has shown the comments `shown`, and with them everything up to `seq`, which stays marked
    as new there."""
    topic = find_topic(request.user, pk)
    seq, shown = _seq(request.POST.get("seq", ""), topic), _shown(request, topic)
    Visit.objects.go_on(request.user, topic, seq)
    bell.see_shown(request.user, topic, shown)
    return HttpResponse(status=204)


def _shown(request, topic):
    """The numbers of comments, with commas between them; none of them is no error."""
    shown = request.POST.get("shown", "")
    # What is beyond the most stays one text, and is no number.
    numbers = shown.split(",", MOST_SHOWN - 1) if shown else []
    return [_seq(number, topic) for number in numbers]


def _seq(seq, topic):
    if not seq.isdecimal() or len(seq) > 10 or int(seq) > topic.last_seq:
        raise BadRequest("There is no such comment to have read up to.")
    return int(seq)
