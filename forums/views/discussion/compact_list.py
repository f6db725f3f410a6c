from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from forums.listing.topic_lists import COMPACT, VIEW
from forums.views.finding import own_address

YEAR = 365 * 86_400


@require_safe
def choose(request, view):
    """Remember in this browser how lists of topics look, and go back to `?next=`.

    A GET request, because a form of a visitor would need a token, and a page with a token cannot be cached.
    """
    if view not in (COMPACT, "full"):
        raise Http404
    answer = redirect(own_address(request.GET.get("next", "")) or "topic-list")
    if view == COMPACT:
        secure = settings.SESSION_COOKIE_SECURE
        answer.set_cookie(VIEW, COMPACT, YEAR, httponly=True, samesite="Lax", secure=secure)
    else:
        answer.delete_cookie(VIEW, samesite="Lax")
    return answer
