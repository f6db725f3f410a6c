"""Hundreds of members who open one poll, vote, and look at its results.

    uv run python -m tests.load polls        (creates the voters)
    uv run python -m tests.load hold
    POLL=7 uv run locust --locustfile tests/load/locustfiles/voters.py --host http://127.0.0.1:8700

POLL is the number in the address of an open poll with one choice. BENCH_SESSIONS names the file with the members'
sessions; `hold` writes it.
"""

import os
import re
from itertools import cycle
from pathlib import Path
from random import choice

from locust import FastHttpUser, between, task

ROOT = Path(__file__).resolve().parents[3]
SESSIONS = Path(os.environ.get("BENCH_SESSIONS", ROOT / "var/bench/sessions.txt"))
POLL = os.environ.get("POLL", "1")
OPTION = re.compile(r'name="option" value="(\d+)"')
TOKEN = re.compile(r'name="token" value="([^"]+)"')
OVER = re.compile(r'name="over" value="([^"]+)"')
CSRF = "c" * 32

sessions = cycle(SESSIONS.read_text().split())


class Voter(FastHttpUser):
    """Votes, and later changes the ballot if the poll allows it."""

    wait_time = between(1, 10)  # seconds

    def on_start(self):
        session = next(sessions)
        self.cookie = f"sessionid={session}; csrftoken={CSRF}"
        # Rate limits also count per address. The site that `hold` starts trusts this header.
        self.home = "10.{}.{}.{}".format(*session.encode()[:3])

    @task(3)
    def look(self):
        self.page()

    @task(1)
    def vote(self):
        page = self.page()
        options, token, over = OPTION.findall(page), TOKEN.search(page), OVER.search(page)
        if not options or not token:
            return
        fields = {"csrfmiddlewaretoken": CSRF, "token": token[1], "option": choice(options)}
        if over:
            fields["over"] = over[1]
        headers = {"Cookie": self.cookie, "Origin": self.host, "X-Forwarded-For": self.home}
        address = f"/poll/{POLL}/vote/"
        with self.client.post(
            address, fields, name="vote", headers=headers, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code in (200, 303, 409, 429):
                answer.success()

    def page(self) -> str:
        answer = self.client.get(f"/poll/{POLL}/", name="look at the poll", headers={"Cookie": self.cookie})
        return answer.text or ""
