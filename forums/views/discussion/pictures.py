"""Uploads of pictures, and their files for those who may read the text that has them."""

from django.conf import settings
from django.core.files.storage import storages
from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseNotModified,
    JsonResponse,
)
from django.utils.cache import patch_vary_headers
from django.utils.html import escape
from django.views.decorators.http import require_POST, require_safe

from config.web.limits import limit
from forums.access import permissions
from forums.access.refusal import Refusal, Refused
from forums.models import Comment, PendingPost, Picture
from forums.models.pictures import placing
from forums.pictures import uploading
from forums.views import refusing
from forums.views.finding import one_or_404

PACE = limit("upload", member="30/m", address="120/m")
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 120" width="560" height="120" text-anchor="middle"'
    ' font-family="sans-serif" fill="#777"><rect width="560" height="120" rx="6" fill="#888" fill-opacity=".18"/>'
    '<text x="280" y="56" font-size="16">This picture {}.</text>'
    '<text x="280" y="80" font-size="12">{}</text></svg>'
)
"""Shown while a picture is prepared, and when it has turned out to be unfit. Its owner reads the reason."""


@require_POST
def upload(request):
    """Keep a picture for a text that is being written.

    Answers with its address as JSON, with a `problem`, or with both if it will not be shown as it is.
    """
    try:
        if not permissions.may_speak(request.user):
            raise Refused(Refusal.SIGNED_OUT, permissions.why_silent(request.user) or "Please sign in first.")
        if wait := PACE.wait(request):
            raise Refused(Refusal.TOO_FAST, "You are uploading very fast.", wait)
        if (file := request.FILES.get("picture")) is None:
            return JsonResponse({"problem": "Please choose a picture."}, status=400)
        picture = uploading.upload(request.user, file)
    except Refused as refused:
        return JsonResponse({"problem": str(refused)}, status=refusing.STATUS[refused.kind])
    return JsonResponse({"address": picture.get_absolute_url(), "problem": picture.problem}, status=201)


@require_safe
def show(request, key, width=None, is_moving=False):
    """Send a file of a picture. The permission is checked at each request, also before "not modified".

    Three queries. nginx sends the file if `X_ACCEL_REDIRECT` is set.
    """
    picture = one_or_404(list(Picture.objects.present().filter(key=key)))
    if not _may_see(request.user, picture) or (is_moving and not picture.is_moving):
        raise Http404
    if picture.state != Picture.State.READY:
        problem = picture.problem if picture.owner_id == request.user.pk else ""
        drawing = DRAWING.format(picture.get_state_display(), escape(problem))
        return HttpResponse(drawing, content_type="image/svg+xml", headers={"Cache-Control": "no-store"})
    name = picture.moving_file if is_moving else _still(request, picture, width or placing.SHOWN)
    response = _file(request, name, f'"{picture.key}{name.removeprefix(picture.folder)}"')
    # Browsers ask again each time, so that a picture goes at once with its text.
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Accept"])
    return response


def _still(request, picture, wanted):
    width = placing.shown_width(picture, wanted)
    takes_avif = width in picture.avif_widths and "image/avif" in request.headers.get("Accept", "")
    return picture.file(width, "avif" if takes_avif else "webp")


def _file(request, name, tag):
    kind = f"image/{name.rpartition('.')[2]}"
    if settings.X_ACCEL_REDIRECT:
        return HttpResponse(content_type=kind, headers={"X-Accel-Redirect": f"/files/{name}"})
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    try:
        return FileResponse(storages["pictures"].open(name), content_type=kind, headers={"ETag": tag})
    except FileNotFoundError:
        raise Http404 from None


def _may_see(user, picture) -> bool:
    """Whether `user` may read the text that has this picture, or else has uploaded it, or moderates its text."""
    if picture.comment_id:
        readable = Comment.objects.visible_to(user).legible_to(user).filter(deleted_at=None)
        return readable.filter(pk=picture.comment_id).exists()
    if picture.owner_id is None or not user.is_authenticated:
        return False
    if picture.owner_id == user.pk:
        return True
    pending = PendingPost.objects.pending().filter(author=picture.owner_id, body__contains=picture.key)
    return pending.moderated_by(user).exists()
