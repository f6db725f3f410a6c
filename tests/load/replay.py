"""Replays a real conversation as comments, at a chosen speed, and checks the pages that watch it.

    FOLKMOOT_DATA=var python -m tests.load.replay PATH/data/dev --speed 100 --port 8000

PATH is a checkout of github.com/jkkummerfeld/irc-disentanglement. It contains logs of a chat, in which people have
marked which line answers which. The site must be running on the data directory that FOLKMOOT_DATA names. Each line
becomes a comment in a new topic, written by a member with the name from the log. A line that answers nothing answers
the topic. In the end every page must show the tree that is in the database. With `--browser` one of the pages is open
in Chromium.
"""

import argparse
import asyncio
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import django

from tests.load import replay_tab
from tests.load.replay_tab import Tab
from tests.simulated_page import SimulatedPage

SAID = re.compile(r"\[(\d\d):(\d\d)\] <([^>]+)> (.*\S)")
PATIENCE = 60
"""Seconds after the last line in which every page must have received everything."""


class Line(NamedTuple):
    """A line, `at` seconds from the start of its log. `answers` is the number of an earlier line."""

    number: int
    at: float
    nick: str
    text: str
    answers: int | None


def read(log: Path) -> list[Line]:
    """The lines of `….raw.txt` with the links of `….annotation.txt`.

    Skips notices of who joined or left, and links to them. If a line has several links, the latest one counts.
    """
    words = log.read_text(errors="replace").splitlines()
    said = {number: match for number, each in enumerate(words) if (match := SAID.match(each))}
    answers: dict[int, int] = {}
    for link in log.with_name(log.name.replace(".raw.", ".annotation.")).read_text().splitlines():
        earlier, later = sorted(map(int, link.split()[:2]))
        if earlier != later and earlier in said and later in said:
            answers[later] = max(earlier, answers.get(later, 0))
    times = _times(said)
    return [
        Line(number, times[number], match[3], match[4], answers.get(number)) for number, match in said.items()
    ]


def _times(said):
    """Seconds from the start of the log for each line. The log has minutes only, so lines are spread over theirs."""
    minutes: dict[int, list[int]] = {}
    last = day = 0
    for number, match in said.items():
        minute = int(match[1]) * 60 + int(match[2])
        day += 24 * 60 if day + minute < last else 0
        last = day + minute
        minutes.setdefault(last, []).append(number)
    first = min(minutes)
    return {
        number: 60 * (minute - first + place / len(numbers))
        for minute, numbers in minutes.items()
        for place, number in enumerate(numbers)
    }


def play(lines: list[Line], topic, members: dict, speed: float) -> Iterator[Line]:
    """Add each line to `topic` when it is due, and yield it. A late line delays no other."""
    opening = topic.comments.get(seq=1)
    comments, began = {}, time.monotonic()
    for line in lines:
        due = began + (line.at - lines[0].at) / speed
        time.sleep(max(0.0, due - time.monotonic()))
        parent = comments.get(line.answers, opening)
        parent.topic = topic
        author = members[line.nick]
        comments[line.number] = topic.reply(author=author, parent=parent, body=line.text, token=uuid4())
        yield line


def cast(lines: list[Line]) -> dict:
    """A member for each nick in the log, without regard to case. Creates the missing members."""
    from accounts.models import User
    from forums.importers.writing.names import allowed

    nicks = dict.fromkeys(line.nick for line in lines)
    names = {nick: f"irc-{allowed(nick) or 'nobody'}"[:28] for nick in nicks}
    find = User.objects.get_or_create
    return {nick: find(username__iexact=name, defaults={"username": name})[0] for nick, name in names.items()}


def open_topic(log: Path, author):
    from forums.models import Category, Topic

    category, _ = Category.objects.get_or_create(slug="replay", defaults={"name": "Replay"})
    return Topic.open(
        author=author, category=category, title=f"Replay of {log.stem}", body="Again.", token=uuid4()
    )


def differences(page: SimulatedPage | Tab, topic) -> list[int]:
    """The ids of the comments that the page shows otherwise than the database has them, or not, or too much."""
    stored = {row[0]: row[1:] for row in topic.comments.values_list("pk", "seq", "parent", "body_html")}
    return [
        pk
        for pk in sorted(stored.keys() | page.comments.keys())
        if pk not in stored or pk not in page.comments or not _is_same(page.comments[pk], stored, pk)
    ]


def _is_same(shown, stored, pk):
    seq, parent, html = stored[pk]
    is_in_place = (shown["seq"], shown["parent"], shown["path"]) == (seq, parent, _way(stored, pk))
    return is_in_place and html in shown["html"]


def _way(stored, pk):
    """The `seq` of each comment on the path to a comment, itself included and the opening not."""
    way = []
    while pk is not None and stored[pk][0] != 1:
        way.append(stored[pk][0])
        pk = stored[pk][1]
    return way[::-1]


async def replay(lines: list[Line], topic, options) -> bool:
    """Replay the lines. Returns whether every page ends with the stored tree."""
    address = f"http://127.0.0.1:{options.port}{topic.get_absolute_url()}"
    async with replay_tab.opened(address) if options.browser else nullcontext() as real:
        is_well = await _replay(lines, topic, options)
        return await _is_well(real, topic) and is_well if real else is_well


async def _is_well(real, topic):
    """Whether the browser shows the stored comments in the tree's order."""
    await real.read(topic.comment_count, PATIENCE)
    wrong = await asyncio.to_thread(differences, real, topic)
    paths = [row["path"] for row in real.comments.values()]
    print(
        f"The browser shows {len(paths) - 1} comments, {'' if paths == sorted(paths) else 'not '}in the tree's order; "
        f"{len(wrong)} differ from the database."
    )
    return not wrong and paths == sorted(paths)


async def _replay(lines, topic, options):
    pages = [SimulatedPage(options.port, options.sockets_port, topic.pk) for _ in range(options.watchers)]
    watching = [asyncio.create_task(page.run()) for page in pages]
    while not all(page.counts["joined"] and page.version for page in pages):
        await asyncio.sleep(0.1)
    members, began = await asyncio.to_thread(cast, lines), time.monotonic()
    await asyncio.to_thread(lambda: [None for _ in play(lines, topic, members, options.speed)])
    took = time.monotonic() - began
    await asyncio.to_thread(topic.refresh_from_db)
    while time.monotonic() < began + took + PATIENCE and any(page.version < topic.version for page in pages):
        await asyncio.sleep(0.1)
    for task in watching:
        task.cancel()
    wrong = await asyncio.to_thread(lambda: [len(differences(page, topic)) for page in pages])
    updates = sum(page.counts["topic_changed"] for page in pages) // len(pages)
    requests = sum(page.counts["asked"] for page in pages) / len(pages)
    print(
        f"{len(lines)} lines in {took:.0f} s, sent to {len(pages)} pages in {updates} updates; each page requested "
        f"what it missed {requests:.1f} times. {sum(wrong)} comments differ from the database."
    )
    return not any(wrong)


def main() -> bool:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("path", type=Path, help="a folder of logs, or one ….raw.txt file")
    options.add_argument("--speed", type=float, default=1, help="how many times faster than the log (1)")
    options.add_argument(
        "--first", type=int, default=1000, help="number of the first line; the links begin at 1000 (1000)"
    )
    options.add_argument("--minutes", type=float, default=0, help="minutes of the log to replay (all)")
    options.add_argument("--watchers", type=int, default=5, help="number of pages that watch (5)")
    options.add_argument("--browser", action="store_true", help="also watch in Chromium")
    options.add_argument("--port", type=int, default=8000, help="port of the pages (8000)")
    options.add_argument("--sockets-port", type=int, help="port of the sockets (--port + 1)")
    given = options.parse_args()
    given.sockets_port = given.sockets_port or given.port + 1
    logs = [given.path] if given.path.is_file() else sorted(given.path.glob("*.raw.txt"))
    if not logs:
        sys.exit(f"There are no logs (….raw.txt) in {given.path}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    return sum(not _one(log, given) for log in logs) == 0


def _one(log, options):
    lines = [line for line in read(log) if line.number >= options.first]
    if options.minutes:
        lines = [line for line in lines if line.at - lines[0].at < 60 * options.minutes]
    topic = open_topic(log, next(iter(cast(lines[:1]).values())))
    answers = sum(line.answers is not None for line in lines)
    print(f"{log.stem}: topic {topic.pk}, {answers} answers. ", end="", flush=True)
    return asyncio.run(replay(lines, topic, options))


if __name__ == "__main__":
    sys.exit(not main())
