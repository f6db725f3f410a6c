"""The site of a drill: a new forum in a directory of its own, with members who are signed in."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from config.engines.directories import Directories
from tests import data_directory, processes
from tests.config.processes.scripts import HOLD_ENGINES
from tests.config.processes.site import SAFE, Site
from tests.load.drills.ledger import Ledger, Town

MEMBERS = 240
SET_UP = """
import json
from uuid import uuid4
from accounts.models import Trust, User
from forums.models import Category, Topic
from polls.models import Poll
from tests.load.data import members
garden = Category.objects.create(name="Garden", slug="garden")
ada = User.objects.create_user("Ada", "ada@example.org")
topic = Topic.open(author=ada, category=garden, title="Limes", body="Do limes grow here?", token=uuid4())
quiet = Topic.open(author=ada, category=garden, title="Figs", body="Do figs grow here?", token=uuid4())
poll = Poll.open(author=ada, topic=topic, wordings=["Yes", "No", "Maybe"], token=uuid4(), method="one", secret=False,
                 results_show="always", question="Do they?", changeable=True)
crowd = members.made(%d, "Member")
User.objects.filter(pk__in=crowd.values("pk")).update(trust=Trust.REGULAR)
sessions = list(zip(crowd.values_list("pk", flat=True), members.sign_in(crowd)))
pages = [each.get_absolute_url() for each in (topic, quiet)]
opening = topic.comments.get().pk
print(json.dumps([topic.pk, *pages, opening, poll.pk, list(poll.option_ids), garden.pk, sessions]))
"""
Settings = Callable[[Directories], AbstractContextManager[dict[str, str]]]
"""Yields settings of the site in a data directory whose engines run, and ends what these settings need."""
SETTINGS = {"TRUSTED_PROXIES": "127.0.0.1"}  # so that each member can have an address


class Stage:
    """The running site, its town and its ledger."""

    def __init__(self, data: Path, options: tuple[str, ...], settings: dict[str, str], members: int) -> None:
        self.data, self.options, self.settings = data, options, SETTINGS | settings
        self.directories = Directories(data)
        self.town = Town(*json.loads(self.run(SET_UP % members)))
        self.site = self.start()
        self.ledger = Ledger(self.site.port, self.town)

    def start(self) -> Site:
        return Site(self.data, *self.options, **self.settings).__enter__()

    def run(self, script: str) -> str:
        """Run a script in a shell with the right clock and without poison, and return its output."""
        code, output, errors = processes.manage("shell", "-v0", "-c", script, data=self.data, **SAFE)
        assert code == 0, errors
        return output

    def doctor(self) -> str:
        """What `doctor` prints where the site runs."""
        return processes.manage("doctor", data=self.data, **SAFE | self.settings)[1]

    def named(self, name: str) -> set[int]:
        """The ids of the site's processes whose title starts with `folkmoot-` and `name`."""
        running = processes.running_in(self.data).items()
        return {pid for pid, command in running if command.startswith(f"folkmoot-{name}")}

    def log(self, name: str) -> str:
        return (self.directories.logs / f"{name}.log").read_text(errors="replace")


@contextmanager
def nothing(places: Directories) -> Iterator[dict[str, str]]:
    """No settings."""
    yield {}


@contextmanager
def stage(
    options: tuple[str, ...], settings: Settings, mount_megabytes: int = 0, members: int = MEMBERS
) -> Iterator[Stage]:
    """A stage in a new directory, which is a small disk of its own with `mount_megabytes`. It is deleted at the end."""
    data = Path(tempfile.mkdtemp(prefix="fm-drill-", dir="/tmp"))
    if mount_megabytes:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={mount_megabytes}m", "folkmoot", data]
        assert subprocess.run(mount, check=False).returncode == 0, "Only root can mount a disk."
    try:
        data_directory.copy_site(data)
        holder = processes.start("-c", HOLD_ENGINES, str(data), data=data)
        processes.read_until(holder, "up")
        with settings(Directories(data)) as environment:
            staged = Stage(data, options, environment, members)
            try:
                yield staged
            finally:
                staged.site.process.terminate()
                processes.finish(staged.site.process)
    finally:
        for pid in processes.running_in(data):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if mount_megabytes:
            subprocess.run(["umount", "--lazy", data], check=True)
        shutil.rmtree(data, ignore_errors=True)
