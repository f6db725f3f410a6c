from django.contrib.auth.decorators import login_required
from django.http import JsonResponse

from accounts.models import User
from config.web.limits import limit
from forums.views.finding import find_topic

SUGGESTIONS = 8


@login_required
@limit("complete", member="120/m", address="1200/m", reads=True)
def complete_name(request):
    """Suggest members whose names begin with `?q=`, first those who wrote in `?topic=`. At most three queries."""
    beginning = request.GET.get("q", "")[:30].replace("\x00", "").strip()
    if not beginning:
        return JsonResponse({"members": []})
    named = User.objects.suggested_for(beginning)
    near = []
    if (topic := request.GET.get("topic", "")).isdecimal() and len(topic) < 19:
        here = find_topic(request.user, int(topic)).comments.values("author")
        near = list(named.filter(pk__in=here)[:SUGGESTIONS])
    rest = named.exclude(pk__in=[member.pk for member in near])[: SUGGESTIONS - len(near)]
    found = [{"name": member.username, "avatar": member.avatar_url} for member in [*near, *rest]]
    return JsonResponse({"members": found})
