from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from config import sharing, stamps
from forums import changes
from forums.reading_forms import ChangesForm
from forums.views.finding import find_topic


@require_safe
def show(request, pk):
    """Answer what has changed `?since=` a version. Pages without a socket, or back from a pause, ask this."""
    sharing.depends(request, stamps.CATEGORIES, stamps.of_topic(pk))
    topic = find_topic(request.user, pk)
    form = ChangesForm(request.GET)
    if not form.is_valid() or form.cleaned_data["since"] > topic.version:
        raise BadRequest("There is no such version of this topic; reload its page.")
    return HttpResponse(changes.since(topic, **form.asked), content_type="application/json")
