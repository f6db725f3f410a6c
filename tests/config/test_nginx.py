"""The nginx file that the manual recommends, with only its addresses and paths replaced."""

import json
import re
import ssl
import urllib.error
import urllib.request

import pytest

from tests import database, processes
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


def test_the_nginx_file_serves_the_site_and_says_so_while_it_is_away(addresses, tmp_path):
    moved = get(addresses["http"] + "/t/1/?after=2")
    assert (moved.status, moved.headers["Location"]) == (301, "https://localhost/t/1/?after=2")
    away = get(addresses["https"])
    assert (away.status, away.headers["Retry-After"]) == (502, "10")
    assert "Back in a moment" in away.read().decode()

    database.copy_into(tmp_path)
    settings = {"SITE_URL": addresses["https"], "BEHIND_PROXY": "1", "TRUSTED_PROXIES": "127.0.0.1"}
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
