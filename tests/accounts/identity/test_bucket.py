"""Pictures of members in a bucket, on a real S3 server.

Skipped without moto: uv run --extra s3 --with 'moto[server]' pytest -n 0 tests/accounts/identity/test_bucket.py
"""

import subprocess
import sys
from urllib.error import HTTPError
from urllib.request import urlopen
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile

from forums.models import Category, Picture, Topic
from forums.pictures import storing
from tests import processes
from tests.accounts.identity.test_avatars import PROFILE, picture, upload

pytest.importorskip("moto", reason="no S3 server (uv run --with 'moto[server]')")
boto3 = pytest.importorskip("boto3", reason="django-storages is not installed (uv sync --extra s3)")


@pytest.fixture
def bucket(settings):
    """A bucket that the site uses for uploads, as `MEDIA_BUCKET` makes it."""
    port = processes.free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", str(port)], stderr=subprocess.DEVNULL
    )
    try:
        assert processes.wait_until(lambda: processes.listens(port))
        access = {"endpoint_url": f"http://127.0.0.1:{port}", "region_name": "us-east-1"}
        keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
        made = boto3.resource("s3", **access, **keys).Bucket("uploads")
        made.create(ACL="public-read")
        options = {"bucket_name": "uploads", "access_key": "key", "secret_key": "secret"} | access
        own = {"querystring_auth": False, "file_overwrite": False, "default_acl": "public-read"}
        settings.STORAGES = settings.STORAGES | {
            "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": own | options},
            "pictures": {
                "BACKEND": "storages.backends.s3.S3Storage",
                "OPTIONS": own | options | {"querystring_auth": True, "default_acl": "private"},
            },
        }
        yield made
    finally:
        server.terminate()
        server.wait()


def names(bucket):
    return [each.key for each in bucket.objects.all()]


def test_a_picture_is_uploaded_read_by_everyone_replaced_and_deleted(
    bucket, ada, sign_in, django_capture_on_commit_callbacks
):
    client = sign_in(ada)
    assert upload(client, picture()).status_code == 302
    ada.refresh_from_db()
    first = ada.avatar_url
    with urlopen(first) as answer:
        assert (answer.headers["Content-Type"], answer.read(4)) == ("image/webp", b"RIFF")
    with django_capture_on_commit_callbacks(execute=True):
        assert upload(client, picture(form="JPEG")).status_code == 302
    ada.refresh_from_db()
    assert names(bucket) == [ada.avatar.name]
    with pytest.raises(HTTPError, match="404"):
        urlopen(first)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(PROFILE, {"bio": "", "links": "", "forget_picture": "on"})
    assert names(bucket) == []


def test_pictures_of_texts_are_private_in_the_bucket_and_are_handed_on(bucket, ada, sign_in, visitor):
    town = Category.objects.create(name="Town", slug="town")
    address = (
        sign_in(ada).post("/pictures/", {"picture": SimpleUploadedFile("a.png", picture())}).json()["address"]
    )
    Topic.open(author=ada, category=town, title="Limes", body=f"![]({address})", token=uuid4())
    assert storing.process_uploads() == 1
    found = Picture.objects.get()
    assert names(bucket) == sorted(found.files[1:])
    answer = visitor.get(address)
    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"
    with pytest.raises(HTTPError, match="403"):
        urlopen(f"{storages['default'].url(found.files[1])}")
    found.comment.delete_by_author()
    assert visitor.get(address).status_code == 404
    assert (storing.remove_pictures(), names(bucket)) == (1, [])
