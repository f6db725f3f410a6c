"""A site that `serve` runs for drills, and the requests to it."""

import json
import time
from http.client import HTTPConnection, HTTPMessage
from typing import NamedTuple

from tests import processes

SAFE = {"SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "localhost", "SITE_URL": "http://localhost"}
TOKEN = "t" * 32


class Answer(NamedTuple):
    status: int
    seconds: float
    text: str
    headers: HTTPMessage


class Site:
    """Runs `serve` in a data directory with a migrated cluster. As a context manager, ends it."""

    def __init__(self, data, *options, **settings):
        self.data, self.port = data, processes.free_port()
        command = ("serve", "--port", str(self.port), "--workers", "2", "--sockets", "1", *options)
        self.process = processes.start("manage.py", *command, data=data, **SAFE | settings)

    def __enter__(self):
        printed = processes.read_until(self.process, "Pages on")
        assert "Pages on" in printed, printed + self.process.stderr.read()
        return self

    def __exit__(self, *reason):
        self.process.terminate()
        processes.finish(self.process)
        if reason == (None, None, None):
            self.log_lines()

    def log_lines(self):
        """Returns the lines that the processes have logged, all of which are JSON."""
        logs = [
            *self.data.glob("log/pages.log"),
            *self.data.glob("log/sockets*.log"),
            self.data / "log/jobs.log",
        ]
        return [json.loads(line) for log in logs for line in log.read_text().splitlines()]

    def get(self, path, **headers):
        return self._ask("GET", path, None, headers)

    def health(self):
        """Asks the socket process whether the site lives."""
        return self._ask("GET", "/healthz", None, {}, self.port + 1)

    def sign_in(self, name):
        """Sends the form for signing in."""
        return self.post_form("/accounts/login/", f"login={name}&password=unknown")

    def post_form(self, path, body, session=""):
        """Sends a form as the member with this session."""
        cookies = f"csrftoken={TOKEN}" + (f"; sessionid={session}" if session else "")
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        return self._ask("POST", path, f"csrfmiddlewaretoken={TOKEN}&{body}", headers)

    def pages(self):
        """Returns the ids of the processes that answer pages."""
        running = processes.running_in(self.data).items()
        return {pid for pid, command in running if command.startswith("folkmoot-pages")}

    def _ask(self, method, path, body, headers, port=None):
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", port or self.port, timeout=60)
        connection.request(method, path, body, {"Host": "localhost", **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return Answer(answer.status, time.monotonic() - began, text, answer.headers)
