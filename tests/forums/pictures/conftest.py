import pytest
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
