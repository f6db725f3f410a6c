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
    words = [unsubscribing.WORDS[kind] for kind in asked[1]]
    answer = render(
        request, "forums/letters/unsubscribe.html", {"words": words, "done": request.method == "POST"}
    )
    answer["X-Robots-Tag"] = "noindex"
    answer["Cache-Control"] = "no-store"
    return answer
