"""Runs the nginx file of the manual with only its addresses and paths replaced."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import processes

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH')}:/usr/sbin")
FILE = processes.ROOT / "config/nginx/nginx.conf"
BROTLI = Path("/usr/share/nginx/modules-available/mod-http-brotli-static.conf").exists()


@contextmanager
def nginx(tmp_path: Path, more: dict[str, str] | None = None) -> Iterator[dict[str, str]]:
    """Runs nginx with its files in `tmp_path`. Yields its addresses by listener.

    `more` replaces further texts of the file.
    """
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
    replaced = (
        {
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
        }
        | (more or {})
        | ({} if BROTLI else {"brotli_static on;": ""})
    )
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
