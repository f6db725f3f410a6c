"""The nginx file that the manual recommends, with only its addresses and paths replaced."""

import json
import re
import ssl
import urllib.error
import urllib.request

import pytest

from tests import data_directory, processes
from tests.config.processes.site import Site
from tests.nginx_server import BROTLI, nginx

pytestmark = pytest.mark.processes


@pytest.fixture
def addresses(tmp_path):
    with nginx(tmp_path) as addresses:
        yield addresses


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *anything):
        return None


def get(address, **headers):
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(NoRedirects, urllib.request.HTTPSHandler(context=trusting))
    try:
        return opener.open(urllib.request.Request(address, headers=headers), timeout=20)
    except urllib.error.HTTPError as answer:
        return answer


WRITE_PICTURE = """
from uuid import uuid4
from accounts.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from forums.models import Category, Picture, Topic
ada = User.objects.create(username="Ada", email="ada@example.org")
town = Category.objects.create(name="Town", slug="town")
topic = Topic.open(author=ada, category=town, title="Limes", body="Look", token=uuid4())
found = Picture.objects.create(comment=topic.comments.get(), state="ready", width=400, height=300, widths=[400])
storages["pictures"].save(found.file(400, "webp"), ContentFile(b"A lime"))
print(found.get_absolute_url(), found.file(400, "webp"))
"""


def write_picture(data):
    """Writes a topic with a picture into the running site. Returns the picture's address and its name on the disk."""
    code, written, problems = processes.manage("shell", "-v0", "-c", WRITE_PICTURE, data=data)
    assert code == 0, problems
    return written.split()[-2:]


def test_the_nginx_file_serves_the_site_and_says_so_while_it_is_away(addresses, tmp_path):
    moved = get(addresses["http"] + "/t/1/?after=2")
    assert (moved.status, moved.headers["Location"]) == (301, "https://localhost/t/1/?after=2")
    away = get(addresses["https"])
    assert (away.status, away.headers["Retry-After"]) == (502, "10")
    assert "Back in a moment" in away.read().decode()

    data_directory.copy_site(tmp_path)
    settings = {"SITE_URL": addresses["https"], "BEHIND_PROXY": "1", "TRUSTED_PROXIES": "127.0.0.1"}
    settings |= {"X_ACCEL_REDIRECT": "1", "MEDIA_ROOT": str(tmp_path / "media")}
    settings["OLD_HOSTS"] = "old-forum.example.net"
    with Site(tmp_path, "--unix", str(tmp_path / "pages.sock"), "--port", addresses["port"], **settings):
        page = get(addresses["https"])
        assert (page.status, page.headers["X-Content-Type-Options"]) == (200, "nosniff")
        request_id = page.headers["X-Request-ID"]
        assert len(request_id) == 32
        assert processes.wait_until(lambda: request_id in (tmp_path / "access.log").read_text())
        style = re.search(r'href="(/static/\S+\.css)"', page.read().decode())[1]
        for coding in ("gzip", *(["br"] if BROTLI else [])):
            static = get(addresses["https"] + style, **{"Accept-Encoding": coding})
            assert (static.status, static.headers["Content-Encoding"]) == (200, coding)
            assert static.headers["X-Content-Type-Options"] == "nosniff"
            assert static.headers["Strict-Transport-Security"] == page.headers["Strict-Transport-Security"]
        for scheme in ("http", "https"):
            moved = get(addresses[scheme], Host="old-forum.example.net")
            assert (moved.status, moved.headers["Location"]) == (301, addresses["https"] + "/")
        assert json.load(get(addresses["https"] + "/readyz"))["postgres"] == "up"
        (tmp_path / "media/avatars").mkdir(parents=True)
        (tmp_path / "media/avatars/ada.webp").write_bytes(b"Ada")
        address, name = write_picture(tmp_path)
        assert get(addresses["https"] + "/media/avatars/ada.webp").read() == b"Ada"
        picture = get(addresses["https"] + address)
        assert (picture.read(), picture.headers["Content-Type"]) == (b"A lime", "image/webp")
        assert (picture.headers["Cache-Control"], picture.headers["Vary"]) == ("private, no-cache", "Accept")
        for inside in (f"/media/{name}", f"/files/{name}", address.replace("/pictures/", "/pictures/x")):
            assert get(addresses["https"] + inside).status == 404
        assert get(addresses["https"] + "/healthz").read() == b"ok"
        cookies = {
            size: get(addresses["https"], Cookie=f"a={'b' * size}") for size in (4_000, 9_000, 200_000)
        }
        assert {size: answer.status for size, answer in cookies.items()} == {
            4_000: 200,
            9_000: 431,
            200_000: 431,
        }
    assert get(addresses["https"]).status == 502
