"""The compressed size of a page's scripts and styles, as nginx or whitenoise sends them."""

import gzip
import re
import urllib.request
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urljoin

from config.management.operator_error import OperatorError
from tests.load.client.scenario import Scenario

# A browser does not fetch a disabled sheet.
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"(?! disabled)')
_SCRIPT = re.compile(r'<script[^>]* src="([^"]+)"')
_BEHAVIORS = re.compile(r'data-behavior="([^"]+)"')
_IMPORT = re.compile(r"""\b(?:from|import)\s*["'](\.[^"']+)["']""")
_BEHAVIOR = re.compile(r"""\bimport\(["'](\.[^"']*/behaviors/(\w+)\.[^"']+)["']\)""")


class Weight(NamedTuple):
    styles: int
    scripts: int
    """Includes the behaviours that elements of the page use, but not what is imported on first use."""


def measure(scenario: Scenario, port: int) -> Weight:
    """The bytes of all files that the page loads, each file once. Raises OperatorError if a file is missing."""
    address = f"http://127.0.0.1:{port}{scenario.path}"
    page, _ = _fetch(address, scenario.cookie)
    used = set(" ".join(_BEHAVIORS.findall(page)).split())
    styles = sum(_fetch(urljoin(address, link))[1] for link in _STYLE.findall(page))
    scripts, waiting = {}, [urljoin(address, source) for source in _SCRIPT.findall(page)]
    while waiting:
        script = waiting.pop()
        if script not in scripts:
            text, scripts[script] = _fetch(script)
            waiting += [urljoin(script, name) for name in _IMPORT.findall(text)]
            waiting += [
                urljoin(script, name) for name, behavior in _BEHAVIOR.findall(text) if behavior in used
            ]
    return Weight(styles, sum(scripts.values()))


def _fetch(address, cookie=""):
    """The text, and its size in bytes as sent."""
    headers = {"Accept-Encoding": "gzip", "Cookie": cookie}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            sent = answer.read()
            is_gzip = answer.headers.get("Content-Encoding") == "gzip"
    except HTTPError as error:
        raise OperatorError(f"A page refers to {address}, which responds with {error.code}.") from None
    return (gzip.decompress(sent) if is_gzip else sent).decode(), len(sent)
