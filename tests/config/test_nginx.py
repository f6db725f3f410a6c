"""The nginx file that the manual recommends, with only its addresses and paths replaced."""

import json
import os
import re
import shutil
import ssl
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests import database, processes
from tests.config.processes.site import Site

pytestmark = pytest.mark.processes
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH')}:/usr/sbin")
FILE = processes.ROOT / "config/nginx/nginx.conf"
BROTLI = Path("/usr/share/nginx/modules-available/mod-http-brotli-static.conf").exists()


@pytest.fixture
def addresses(tmp_path):
    """Runs nginx with our file in front of no site yet. Returns the addresses by their listener."""
    if NGINX is None or shutil.which("openssl") is None:
        pytest.skip("nginx or openssl is not installed (apt-get install nginx-light openssl)")
    plain, tls, pages = processes.free_port(), processes.free_port(), processes.free_port()
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    made = [
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        "/CN=localhost",
    ]
    subprocess.run(
        ["openssl", "req", *made, "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    text = re.sub(r".*\[::\].*\n", "", FILE.read_text())
    replaced = {
        "user www-data;": "user root;" if os.geteuid() == 0 else "",
        "/run/nginx.pid": f"{tmp_path}/nginx.pid",
        "/var/log/nginx/": f"{tmp_path}/",
        "/etc/letsencrypt/live/forum.example.org/fullchain.pem": str(certificate),
        "/etc/letsencrypt/live/forum.example.org/privkey.pem": str(key),
        "/srv/folkmoot/config": f"{processes.ROOT}/config",
        "/srv/folkmoot/var": f"{tmp_path}",
        "/run/folkmoot": f"{tmp_path}",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "listen 443": f"listen 127.0.0.1:{tls}",
        "127.0.0.1:8001": f"127.0.0.1:{pages + 1}",
        "forum.example.org": "localhost",
    } | ({} if BROTLI else {"brotli_static on;": ""})
    for ours, theirs in replaced.items():
        assert ours in text, ours
        text = text.replace(ours, theirs)
    (tmp_path / "nginx.conf").write_text(text)
    server = subprocess.Popen(
        [NGINX, "-c", tmp_path / "nginx.conf", "-g", "daemon off;"], stderr=subprocess.PIPE
    )
    try:
        assert processes.wait_until(lambda: processes.listens(tls) or server.poll() is not None)
        assert server.poll() is None, server.stderr.read().decode()
        yield {"http": f"http://localhost:{plain}", "https": f"https://localhost:{tls}", "port": str(pages)}
    finally:
        server.terminate()
        server.wait()


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
    with Site(tmp_path, "--unix", str(tmp_path / "pages.sock"), "--port", addresses["port"], **settings):
        page = get(addresses["https"])
        assert (page.status, page.headers["X-Content-Type-Options"]) == (200, "nosniff")
        request_id = page.headers["X-Request-ID"]
        assert len(request_id) == 32 and request_id in (tmp_path / "access.log").read_text()
        style = re.search(r'href="(/static/\S+\.css)"', page.read().decode())[1]
        for coding in ("gzip", *(["br"] if BROTLI else [])):
            static = get(addresses["https"] + style, **{"Accept-Encoding": coding})
            assert (static.status, static.headers["Content-Encoding"]) == (200, coding)
            assert static.headers["X-Content-Type-Options"] == "nosniff"
            assert static.headers["Strict-Transport-Security"] == page.headers["Strict-Transport-Security"]
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
