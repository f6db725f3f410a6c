from django.http import Http404
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from forums.letters import unsubscribing


@csrf_exempt  # Mail programs post here (RFC 8058), without a session: the signature alone says who asks for what.
def show(request, token):
    """No more mail of some kind, for whoever holds the mail. Looking changes nothing: scanners follow links."""
    asked = unsubscribing.read(token)
    if asked is None:
        raise Http404
    if request.method == "POST":
        unsubscribing.stop(*asked)
    member_id, kinds = asked
    words = [unsubscribing.WORDS[kind] for kind in kinds]
    each = [(unsubscribing.path(member_id, [kind]), unsubscribing.WORDS[kind]) for kind in kinds]
    context = {"words": words, "one_by_one": each[1:] and each, "done": request.method == "POST"}
    answer = render(request, "forums/letters/unsubscribe.html", context)
    answer["X-Robots-Tag"] = "noindex"
    answer["Cache-Control"] = "no-store"
    return answer
