from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from config.caching import cache_tags, visitor_cache
from forums.reading import changes_since
from forums.reading.forms import ChangesForm
from forums.views.finding import find_topic


@require_safe
def show(request, pk):
    """Answer with the changes `?since=` a version, for pages without a socket or after a pause."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.of_topic(pk))
    topic = find_topic(request.user, pk)
    form = ChangesForm(request.GET)
    if not form.is_valid() or form.cleaned_data["since"] > topic.version:
        raise BadRequest("There is no such version of this topic. Please reload its page.")
    if changes_since.is_recent(topic, **form.arguments):
        visitor_cache.store_query(request)
    return HttpResponse(changes_since.since(topic, **form.arguments), content_type="application/json")
