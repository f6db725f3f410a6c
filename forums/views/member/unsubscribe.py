from django.http import Http404
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from forums.notifications.mail import unsubscribing


@csrf_exempt  # Mail programs post here (RFC 8058) without a session. The signature in the token is the permission.
def show(request, token):
    """Stop mail of some kinds for the holder of the link. GET changes nothing, because mail scanners follow links."""
    asked = unsubscribing.read(token)
    if asked is None:
        raise Http404
    if request.method == "POST":
        unsubscribing.stop(*asked)
    member_id, kinds = asked
    words = [unsubscribing.WORDS[kind] for kind in kinds]
    each = [(unsubscribing.path(member_id, [kind]), unsubscribing.WORDS[kind]) for kind in kinds]
    context = {"words": words, "one_by_one": each[1:] and each, "done": request.method == "POST"}
    answer = render(request, "forums/mail/unsubscribe.html", context)
    answer["X-Robots-Tag"] = "noindex"
    answer["Cache-Control"] = "no-store"
    return answer
