"""Takes the uploads of members, within the limits of their trust."""

import io

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import pluralize
from PIL import Image

from accounts.models import User
from config.processes import task_queue
from forums.access.refusal import Refusal, Refused
from forums.models import Picture
from forums.models.pictures.picture import UPLOADS_TASK
from forums.pictures import animation, storing
from forums.pictures.conversion import FORMATS, MOST_PIXELS, TOO_LARGE, UNREADABLE, UnfitPicture


def upload(member: User, file: UploadedFile) -> Picture:
    """Keep a member's file. A task prepares it. Raises `Refused`. Five queries.

    `problem` of the picture is a sentence for the member if it will not be shown as it is.
    """
    try:
        content = file.read(storing.MOST_BYTES + 1)
        digest = storing.check(content)
        problem = check_header(content)
    except UnfitPicture as unfit:
        raise Refused(Refusal.NOT_ALLOWED, str(unfit)) from None
    with transaction.atomic():
        # Uploads at the same moment are counted one after the other.
        User.objects.select_for_update(no_key=True).values_list("pk").get(pk=member.pk)
        most = settings.PICTURES_A_DAY[member.trust]
        if Picture.objects.of_today(member).filter(source="").count() >= most:
            pictures = f"{most} picture{pluralize(most)}"
            raise Refused(Refusal.OVER_LIMIT, f"You can upload {pictures} a day. Please try again tomorrow.")
        picture = Picture.objects.create(owner=member, digest=digest, problem=problem)
        storages["pictures"].save(picture.original, ContentFile(content))
        task_queue.start_on_commit(UPLOADS_TASK)
    return picture


def check_header(content: bytes) -> str:
    """Raise UnfitPicture for what cannot become a picture. Returns a sentence if its animation will not be shown.

    Reads only the header: decoding is left to another process.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            width, height = picture.size
            problem = animation.STILL if animation.is_too_large(picture, content) else ""
    except Exception:  # decoders raise errors of every kind
        raise UnfitPicture(UNREADABLE) from None
    if width * height > MOST_PIXELS:
        raise UnfitPicture(TOO_LARGE)
    return problem
