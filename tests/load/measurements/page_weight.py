"""Bytes of the scripts and styles that a page brings along, as nginx or whitenoise send them."""

import gzip
import re
import urllib.request
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urljoin

from config.trouble import Trouble
from tests.load.client.scenario import Scenario

_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
_SCRIPT = re.compile(r'<script[^>]* src="([^"]+)"')
_BEHAVIORS = re.compile(r'data-behavior="([^"]+)"')
_BEHAVIOR = re.compile(r"/behaviors/(\w+)\.")
_IMPORT = re.compile(r"""\b(?:from|import)\b\s*\(?\s*["'](\.[^"']+)["']""")


class Weight(NamedTuple):
    styles: int
    scripts: int
    """With the behaviours that the page's elements ask for."""


def weigh(scenario: Scenario, port: int) -> Weight:
    """What the page of `scenario` refers to, each file once; compressed sizes. Raises Trouble where one is missing."""
    address = f"http://127.0.0.1:{port}{scenario.path}"
    page, _ = _fetch(address, scenario.cookie)
    asked = set(" ".join(_BEHAVIORS.findall(page)).split())
    styles = sum(_fetch(urljoin(address, link))[1] for link in _STYLE.findall(page))
    scripts, waiting = {}, [urljoin(address, source) for source in _SCRIPT.findall(page)]
    while waiting:
        script = waiting.pop()
        if script not in scripts:
            text, scripts[script] = _fetch(script)
            waiting += [urljoin(script, name) for name in _IMPORT.findall(text) if _is_asked_for(name, asked)]
    return Weight(styles, sum(scripts.values()))


def _is_asked_for(name, behaviors):
    behavior = _BEHAVIOR.search(name)
    return behavior is None or behavior[1] in behaviors


def _fetch(address, cookie=""):
    """The text, and how many bytes it was when sent."""
    headers = {"Accept-Encoding": "gzip", "Cookie": cookie}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            sent = answer.read()
            packed = answer.headers.get("Content-Encoding") == "gzip"
    except HTTPError as error:
        raise Trouble(f"A page refers to {address}, which answers with {error.code}.") from None
    return (gzip.decompress(sent) if packed else sent).decode(), len(sent)
