"""Faults of the work beside requests: poisonous events, a mail server that hangs, a migration, a wrong clock."""

import re
import shutil
import socketserver
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from statistics import median
from urllib.parse import urlencode
from uuid import uuid4

import psycopg

from config.engines.directories import Directories
from tests import processes
from tests.config.processes.site import TOKEN
from tests.load.drills.engine_faults import address
from tests.load.drills.poison import DEADLY
from tests.load.drills.stage import Settings, Stage

POISON = f"""
from forums.models import OutboxEvent
kind = OutboxEvent.Kind.MEMBERS_NOTIFIED
OutboxEvent.objects.create(kind=kind, facts={{"members": "nonsense", "kind": 7}})
OutboxEvent.objects.create(kind=kind, facts={{"members": [1], "kind": "moderated", "words": "{DEADLY}"}})
"""
PASSWORD = "a long enough pass phrase"
SIGN_UPS = 20
HANG_SECONDS = 30
EMAIL_TIMEOUT = 10
"""Seconds that a request would need at least if it waited for the mail server (config/settings.py)."""
LOCK_HELD = 25
"""Seconds for which a transaction holds the table that the migration changes, as a backup does."""


@contextmanager
def with_poison(places: Directories) -> Iterator[dict[str, str]]:
    """Settings of a site with the app `poison`."""
    yield {"DJANGO_SETTINGS_MODULE": "tests.load.drills.poisoned_settings"}


def poison(stage: Stage) -> str:
    """Write an event that always fails and one that kills its worker. Both must be given up."""
    before = stage.named("jobs")
    stage.run(POISON)
    began = time.monotonic()
    assert processes.wait_until(
        lambda: 'folkmoot_dead_letters{queue="outbox"} 2.0' in stage.site.get("/metrics").text
    ), stage.log("jobs")[-3000:]
    seconds = time.monotonic() - began
    printed = stage.doctor()
    assert "Work was given up: outbox (2)" in printed, printed
    assert "event given up, because its workers ended" in stage.log("jobs"), "The log does not say why."
    assert not before & stage.named("jobs"), "No worker has died."
    return f"both events were given up after {seconds:.0f} s, as `doctor` says"


class MailServer(socketserver.ThreadingTCPServer):
    """Says nothing while it hangs, and then takes mails. `received` counts them by recipient."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.hangs, self.waiting, self.received = threading.Event(), 0, Counter()
        self.hangs.set()


class _Mail(socketserver.StreamRequestHandler):
    def handle(self):
        if self.server.hangs.is_set():
            self.server.waiting += 1
            self.rfile.read()  # until the client gives up
            return
        self._say("220 ready")
        for line in self.rfile:
            word = line.strip().upper()
            if word.startswith(b"RCPT TO:"):
                recipient = re.search(rb"<(.*?)>", line)[1].decode()
            if word == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() != b".\r\n":
                    pass
                self.server.received[recipient] += 1
            self._say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@cache
def mail_server() -> MailServer:
    """The mail server of the drill, which runs until the process ends."""
    server = MailServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def hang_mail(stage: Stage) -> str:
    """Let members sign up while the mail server hangs. Each mail must be sent once when it does no more."""
    mail = mail_server()
    took, until = [], time.monotonic() + HANG_SECONDS
    for number in range(SIGN_UPS):
        took.append(_sign_up(stage, number))
        time.sleep(0.5)
    time.sleep(max(0, until - time.monotonic()))
    assert max(took) < EMAIL_TIMEOUT, f"A sign-up took {max(took)} s."
    assert mail.waiting and not mail.received
    mail.hangs.clear()
    began, wanted = time.monotonic(), {_address(number): 1 for number in range(SIGN_UPS)}
    assert processes.wait_until(lambda: mail.received.keys() >= wanted.keys()), mail.received
    seconds = time.monotonic() - began
    time.sleep(5)
    assert mail.received == wanted, mail.received
    return (
        f"{mail.waiting} connections hung; {SIGN_UPS} sign-ups took {median(took):.1f} s in the middle, "
        f"{max(took):.1f} s at most; their mails came once "
        f"each, the last {seconds:.0f} s after the server was back"
    )


def _address(number):
    return f"new{number}@example.org"


def _sign_up(stage, number):
    page = stage.site.get("/accounts/signup/", Cookie=f"csrftoken={TOKEN}").text
    opened = re.search(r'name="opened" value="([^"]+)"', page)[1]
    form = {"username": f"New{number}", "email": _address(number), "password1": PASSWORD, "opened": opened}
    answer = stage.site.post_form("/accounts/signup/", urlencode(form))
    assert answer.headers["Location"] == "/accounts/confirm-email/", answer
    return answer.seconds


def migrate(stage: Stage) -> str:
    """Add a column with a default and build an index, while a transaction reads the table for some seconds."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.load.drills.expanded_settings"}
    with psycopg.connect(address(stage)) as reader:
        reader.execute(
            "SELECT count(*) FROM forums_comment"
        )  # holds its lock until the end of the transaction
        migrating = processes.start(
            "manage.py",
            "migrate",
            "expansion",
            data=stage.data,
            SECRET_KEY="k" * 50,
            **stage.settings | settings,
        )
        time.sleep(LOCK_HELD)
        assert migrating.poll() is None, "The migration did not wait."
    code, output, errors = processes.finish(migrating)
    assert (code, "trying again" in output) == (0, True), output + errors
    with psycopg.connect(address(stage)) as reader:
        found = reader.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'drill'::regclass"
        ).fetchone()
    assert found == (True,)
    failed = [each for each in stage.ledger.attempts if not each.is_served]
    assert not failed, failed[:3]
    return f"the column and a valid index are there; a lock was held for {LOCK_HELD} s, {output.count('again')} retries"


@contextmanager
def with_mail_server(places: Directories) -> Iterator[dict[str, str]]:
    """Settings of a site that sends its mail to `mail_server`."""
    yield {"EMAIL_URL": f"smtp://127.0.0.1:{mail_server().server_address[1]}", "SIGN_UP_SECONDS": "0"}


def with_clock(seconds: int) -> Settings:
    """Settings of a site whose clock is wrong. Its engines, which another process has started, have the right time."""

    @contextmanager
    def settings(places):
        assert shutil.which("cc"), "There is no C compiler."
        library, source = places.data / "wrong_clock.so", Path(__file__).with_name("wrong_clock.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        yield {"LD_PRELOAD": str(library), "WRONG_BY": str(seconds)}

    return settings


SHORT_POLL = """
from datetime import timedelta
from uuid import uuid4
from django.utils import timezone
from forums.models import Topic
from polls.models import Poll
topic = Topic.objects.get(pk=%d)
poll = Poll.open(author=topic.author, topic=topic, wordings=["Yes", "No"], token=uuid4(), method="one", secret=False,
                 results_show="always", question="Now?", closes_at=timezone.now() + timedelta(seconds=%d))
print(poll.pk, poll.option_ids[0])
"""
IS_CLOSED = "from polls.models import Poll; print(Poll.objects.get(pk=%s).closed_at is not None)"
POLL_SECONDS = 45
FAILURES = 5
"""After so many wrong passwords, an account is locked for five minutes (accounts/sign_in/failures.py)."""


def mislead_clock(stage: Stage) -> str:
    """Check that a poll and a rate limit keep their times though the site's clock is wrong."""
    shown = parsedate_to_datetime(stage.site.get("/").headers["Date"])
    ahead = (shown - datetime.now(UTC)).total_seconds()
    assert 3590 < abs(ahead) < 3610, ahead
    poll, option = stage.run(SHORT_POLL % (stage.town.topic, POLL_SECONDS)).split()
    closing = time.monotonic() + POLL_SECONDS
    (_, early), (_, late) = stage.town.members[:2]
    assert _vote(stage, poll, option, early) == 303
    statuses = [stage.site.sign_in("Nobody").status for _ in range(FAILURES + 3)]
    assert statuses == [200] * FAILURES + [429] * 3, statuses
    time.sleep(max(0, closing - time.monotonic()))
    assert _vote(stage, poll, option, late) != 303
    assert stage.site.sign_in("Nobody").status == 429
    assert processes.wait_until(lambda: stage.run(IS_CLOSED % poll).strip() == "True")
    printed = stage.doctor()
    assert "clock" in printed, printed
    return f"the header Date was {ahead:+.0f} s wrong; a poll of {POLL_SECONDS} s and a locked account kept their times"


def _vote(stage, poll, option, session):
    return stage.site.post_form(
        f"/poll/{poll}/vote/", urlencode({"option": option, "token": uuid4()}), session
    ).status
