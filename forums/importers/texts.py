"""Texts of strangers made ours, on every core: most of the time of an import goes into this."""

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from config.lifeline import end_with_parent
from forums import markup
from forums.importers.records import Post

CHUNK = 50
"""Texts handed to a process at once."""


class Text:
    """A post's Markdown and HTML, or `refused`: why it has none."""

    __slots__ = ("body", "html", "refused")

    def __init__(self, body: str = "", html: str = "", refused: str = ""):
        self.body, self.html, self.refused = body, html, refused


def prepare(text: str, is_html: bool, base: str | None) -> Text:
    """Never raises: `base` is the address against which links are resolved."""
    try:
        if is_html:
            html = markup.sanitise(text, base)
            return Text(markup.to_markdown(html), html)
        body = markup.clean(text)
        return Text(body, markup.render(body).html)
    except ValueError as error:
        return Text(refused=str(error).rstrip("."))


def _belong_to(parent: int) -> None:
    """Ctrl-C in a terminal reaches all of us; it is for the parent to decide, and we do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(signal.SIGKILL, parent)


class Workshop:
    """Processes that prepare texts; use it in a `with`."""

    def __init__(self, base: str | None):
        self._base = base
        # Spawned, not forked: a child must not hold copies of our connections.
        self._pool = ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), _belong_to, (os.getpid(),))

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self._pool.shutdown(cancel_futures=True)

    def prepare(self, posts: list[Post]):
        """An iterator of one `Text` a post. The work begins at once."""
        if len(posts) <= CHUNK:  # not worth starting a process
            return [prepare(post.text, post.is_html, self._base) for post in posts]
        texts = [post.text for post in posts]
        kinds = [post.is_html for post in posts]
        return self._pool.map(prepare, texts, kinds, [self._base] * len(posts), chunksize=CHUNK)
