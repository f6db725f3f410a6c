"""Hundreds of members and visitors who behave like people: most of them read, some vote, few write.

    uv run python -m tests.load hold
    uv run locust --locustfile tests/load/locustfiles/readers.py --host http://127.0.0.1:8700

`python -m tests.load` measures how fast the site can be. This measures how it responds to people who come as they
please. `hold` signs the members in and lists their sessions in a file; BENCH_SESSIONS names another file.
"""

import os
import re
from itertools import cycle
from pathlib import Path
from random import choice, random
from uuid import uuid4

from locust import FastHttpUser, between, task

ROOT = Path(__file__).resolve().parents[3]
SESSIONS = Path(os.environ.get("BENCH_SESSIONS", ROOT / "var/bench/sessions.txt"))
TOPIC = re.compile(r'href="(/t/\d+/[\w-]+/)"')
CATEGORY = re.compile(r'href="(/c/[\w-]+/)"')
COMMENT = re.compile(r'id="comment-(\d+)"')
BRANCH = re.compile(r'href="(/t/\d+/[\w-]+/\?branch=\d+[^"]*)"')
CSRF = "c" * 32

sessions = cycle(SESSIONS.read_text().split())


class Reader(FastHttpUser):
    """Opens a list, then topics from it, then branches."""

    abstract = True
    wait_time = between(1, 8)  # seconds
    viewer = ""
    cookie = ""

    def on_start(self):
        self.topics, self.categories = [], []
        self.address, self.page = "", ""

    def read(self, address, name):
        """Fetch a page and remember its links. A page rendered for another kind of viewer is a failure."""
        with self.client.get(
            address, name=f"{name}, {self.viewer}", headers={"Cookie": self.cookie}, catch_response=True
        ) as answer:
            page = answer.text or ""
            if f'data-viewer="{self.viewer}"' not in page:
                answer.failure(f"This page was not rendered for a {self.viewer}.")
        self.topics = TOPIC.findall(page) or self.topics
        self.categories = CATEGORY.findall(page) or self.categories
        return page

    @task(4)
    def look_at_the_index(self):
        self.read("/", "index")

    @task(2)
    def look_at_a_category(self):
        if self.categories:
            self.read(choice(self.categories), "category")

    @task(12)
    def open_a_topic(self):
        if self.topics:
            self.address = choice(self.topics)
            self.page = self.read(self.address, "topic")

    @task(2)
    def go_deeper(self):
        if branches := BRANCH.findall(self.page):
            self.page = self.read(choice(branches).replace("&amp;", "&"), "branch")

    @task(1)
    def sort_otherwise(self):
        if self.address:
            self.page = self.read(f"{self.address}?sort={choice(['new', 'top', 'old'])}", "topic sorted")


class Visitor(Reader):
    """Nine of ten users."""

    weight = 9
    viewer = "visitor"


class Member(Reader):
    """Sometimes votes, and replies after about fifteen topics."""

    weight = 1
    viewer = "member"

    def on_start(self):
        super().on_start()
        session = next(sessions)
        self.cookie = f"sessionid={session}; csrftoken={CSRF}"
        # Rate limits also count per address. The site that `hold` starts trusts this header.
        self.home = "10.{}.{}.{}".format(*session.encode()[:3])

    @task(4)
    def vote(self):
        if comments := COMMENT.findall(self.page):
            direction = "up" if random() < 0.85 else "down"
            self.press(f"/comments/{choice(comments)}/vote/{direction}/", "vote", "application/json")

    @task(1)
    def reply(self):
        if comments := COMMENT.findall(self.page):
            text = "It was much the same here, only that we asked the neighbours first."
            values = {"parent": choice(comments), "body": text, "token": str(uuid4())}
            self.press(f"/t/{self.address.split('/')[2]}/reply/", "reply", "text/x-row", values)

    def press(self, address, name, kind, values=None):
        self.client.post(
            address,
            name=name,
            data={"csrfmiddlewaretoken": CSRF} | (values or {}),
            headers={"Cookie": self.cookie, "Accept": kind, "X-Forwarded-For": self.home},
        )
