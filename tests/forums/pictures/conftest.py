import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile

from forums.models import Picture
from forums.pictures import uploading
from tests.forums.pictures.files import picture


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def upload(ada):
    """Uploads a file: `upload(content, member)`. By default Ada uploads a picture of one colour."""

    def upload(content=None, member=None) -> Picture:
        return uploading.upload(member or ada, SimpleUploadedFile("a.png", content or picture((900, 600))))

    return upload


@pytest.fixture
def prepared(upload):
    """Uploads a picture and writes a file for it, as if it was prepared: `prepared(member)`."""

    def prepared(member=None) -> Picture:
        found = upload(member=member)
        storages["pictures"].delete(found.original)
        size = {"state": Picture.State.READY, "width": 400, "height": 300, "widths": [400]}
        Picture.objects.filter(pk=found.pk).update(**size)
        found.refresh_from_db()
        storages["pictures"].save(found.file(400, "webp"), ContentFile(b"pixels"))
        return found

    return prepared
