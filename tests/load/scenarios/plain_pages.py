"""Compares the pages of the running site with pages that this process renders plainly, without any cache.

`python -m tests.load.scenarios.plain_pages` reads a plan as JSON from stdin, and prints its result as JSON.
"""

import difflib
import json
import random
import re
import sys
import threading
import time
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection

import django
from django.core.cache.backends.dummy import DummyCache

THREADS, PATIENCE = 4, 60
FRESH = 1.2
"""Seconds after which a visitor's page must be up to date: a little more than `visitor_cache.FRESH_SECONDS`."""
TOKENS = re.compile(r'name="(csrfmiddlewaretoken|token)" value="[^"]+"')
_plainly = threading.Lock()


def run(plan: dict) -> dict:
    """Read for `seconds`. Returns how many answers were equal, or could not be compared, and those that differ."""
    until, counts, different = time.monotonic() + plan["seconds"], Counter(), []

    def read(number):
        chance = random.Random(number)
        while time.monotonic() < until and not different:
            viewer, cookie = chance.choice(plan["viewers"])
            found, about = compare(plan["port"], chance.choice(plan["topics"]), cookie)
            counts[found] += 1
            if found == "different":
                different.append(f"{viewer}: {about}")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(read, range(THREADS)))
    equal = counts["equal"] + counts["absent"]
    return {"equal": equal, "absent": counts["absent"], "changed": counts["changed"], "different": different}


def compare(port: int, topic: int, cookie: str) -> tuple[str, str]:
    """Compare one answer: "equal", "absent", "changed" or "different", and the difference.

    A visitor's page may be a second old, so one that differs is read once more.
    """
    for wait in (0, 0 if "sessionid" in cookie else FRESH):
        before = _version(topic)
        time.sleep(wait)
        address = f"/t/{topic}/{before[1]}/"
        theirs, ours = _answer(port, address, cookie), _plain(address, cookie)
        if _version(topic) != before:
            return "changed", ""
        if theirs == ours:
            return ("equal" if ours[0] == 200 else "absent"), ""
    lines = difflib.unified_diff(ours[1].splitlines(), theirs[1].splitlines(), "plain", "site", n=0)
    return "different", f"{address} {ours[0]} {theirs[0]}\n" + "\n".join(lines)


def _version(topic):
    from forums.models import Topic

    return Topic.objects.values_list("version", "slug").get(pk=topic)


def _answer(port, address, cookie):
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as site:
        site.request("GET", address, headers={"Cookie": cookie, "Accept": "text/html"})
        answer = site.getresponse()
        return _part(answer.status, answer.read().decode())


def _plain(address, cookie):
    from django.test import Client

    from config.caching import recent_values

    with _plainly:
        recent_values.clear_all()
        answer = Client(headers={"host": "127.0.0.1", "cookie": cookie}).get(address)
    return _part(answer.status_code, answer.content.decode())


def _part(status, page):
    """The part of a page that belongs to the topic. The header counts notifications, which come at any time."""
    if status != 200:
        return status, ""
    return status, TOKENS.sub("", page.partition("<main")[2].partition('<footer class="site')[0])


class NoCache(DummyCache):
    """Stores nothing."""

    def get_or_lock(self, key: str, lock: str, seconds: int) -> tuple[None, bool]:
        return None, True


def _without_caches():
    from django.conf import settings
    from django.core.cache import CacheKeyWarning

    from config.caching import holes

    warnings.simplefilter("ignore", CacheKeyWarning)  # a cache that stores nothing checks the keys
    settings.CACHES["evictable"] = {"BACKEND": "tests.load.scenarios.plain_pages.NoCache"}
    page = holes.page
    holes.page = lambda *given, key, **options: page(*given, key=None, **options)


if __name__ == "__main__":
    django.setup()
    _without_caches()
    print(json.dumps(run(json.load(sys.stdin))))
