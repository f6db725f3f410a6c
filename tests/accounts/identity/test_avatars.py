import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.identity.avatars import drawn
from accounts.models import User

PROFILE = "/accounts/settings/profile/"


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(size=(640, 480), form="PNG", **options):
    out = io.BytesIO()
    Image.new("RGB", size, "#a05030").save(out, form, **options)
    return out.getvalue()


def bomb(width=50_000, height=50_000):
    """Returns a PNG of a few bytes whose header claims 2,500 megapixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = lambda kind, data: (  # noqa: E731
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    )
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def upload(client, data, name="me.png"):
    return client.post(PROFILE, {"bio": "", "links": "", "picture": SimpleUploadedFile(name, data)})


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_an_upload_becomes_a_small_square_webp(ada, sign_in, form):
    assert upload(sign_in(ada), picture(form=form)).status_code == 302
    ada.refresh_from_db()
    with ada.avatar.open() as file, Image.open(file) as stored:
        assert (stored.format, stored.size) == ("WEBP", (256, 256))
    assert ada.avatar_url == f"/media/{ada.avatar.name}"
    assert "me" not in ada.avatar.name.removesuffix(".webp").split("/")


def test_a_grey_picture_of_16_bits_keeps_its_shades(ada, sign_in):
    shades, out = [0, 16_384, 32_768, 65_535], io.BytesIO()
    row = b"".join(struct.pack("<H", shade) * 64 for shade in shades)
    Image.frombytes("I;16", (256, 256), row * 256).save(out, "PNG")
    assert upload(sign_in(ada), out.getvalue()).status_code == 302
    ada.refresh_from_db()
    with ada.avatar.open() as file, Image.open(file) as stored:
        found = [stored.convert("L").getpixel((place * 64 + 32, 128)) for place in range(4)]
    assert found == pytest.approx([shade / 256 for shade in shades], abs=6)


def test_where_the_picture_was_taken_is_nobodys_business(ada, sign_in):
    exif = Image.Exif()
    exif[0x010E] = "my kitchen"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    data = picture(form="JPEG", exif=exif)
    assert b"my kitchen" in data
    upload(sign_in(ada), data)
    ada.refresh_from_db()
    stored = ada.avatar.read()
    assert b"my kitchen" not in stored
    assert dict(Image.open(io.BytesIO(stored)).getexif()) == {}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (bomb(), "bomb.png"),
        (picture()[:200], "half.png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "me.svg"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n", "me.eps"),
        (b"GIF89a", "me.gif"),
        (b"\0" * 100, "me\0.png"),
        (b"", "me.png"),
        (picture() + b"x" * (5 * 1024 * 1024), "large.png"),
    ],
    ids=["bomb", "half", "svg", "eps", "gif header", "zeros", "empty", "large"],
)
def test_other_files_are_refused_with_a_sentence_and_nothing_is_stored(ada, sign_in, data, name, tmp_path):
    client = sign_in(ada)
    answer = upload(client, data, name)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["picture"]
    assert list(tmp_path.rglob("*.*")) == []
    assert upload(client, picture()).status_code == 302


def test_a_form_beyond_all_measure_is_refused_unread(ada, sign_in):
    client = sign_in(ada)
    assert upload(client, b"x" * (11 * 1024 * 1024)).status_code == 413
    assert upload(client, picture()).status_code == 302


def test_a_new_picture_replaces_the_old_file_and_going_back_removes_it(
    ada, sign_in, django_capture_on_commit_callbacks
):
    client = sign_in(ada)
    upload(client, picture())
    first = User.objects.get(pk=ada.pk).avatar.name
    with django_capture_on_commit_callbacks(execute=True):
        upload(client, picture())
    second = User.objects.get(pk=ada.pk).avatar.name
    assert (default_storage.exists(first), default_storage.exists(second)) == (False, True)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(PROFILE, {"bio": "", "links": "", "forget_picture": "on"})
    ada.refresh_from_db()
    assert (bool(ada.avatar), default_storage.exists(second)) == (False, False)
    assert ada.avatar_url == "/u/Ada/avatar.svg"


def test_a_saved_profile_without_a_new_picture_keeps_the_old_one(ada, sign_in):
    client = sign_in(ada)
    upload(client, picture())
    name = User.objects.get(pk=ada.pk).avatar.name
    client.post(PROFILE, {"bio": "bees", "links": ""})
    assert (User.objects.get(pk=ada.pk).avatar.name, default_storage.exists(name)) == (name, True)


def test_everybody_else_gets_a_drawn_picture_that_never_changes(ada, db):
    answer = Client().get("/u/Ada/avatar.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Vary" not in answer.headers or "Cookie" not in answer.headers["Vary"]
    assert Client().get("/u/Nobody/avatar.svg").status_code == 200


@pytest.mark.parametrize("name", ["<script>", "&", "\0", "", "\ud800", "李", "ß", "ŉ", "\u202eabc"])
def test_a_drawn_picture_is_sound_xml_whatever_the_name(name):
    import xml.dom.minidom

    text = xml.dom.minidom.parseString(drawn(name)).getElementsByTagName("text")[0]
    assert len(text.firstChild.data) == 1
