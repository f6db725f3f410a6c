"""Converts foreign texts, on every core, because an import spends most of its time on this."""

import os
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from config.processes.parent_death import end_with_parent
from forums import markup
from forums.importers.records.records import Post
from forums.importers.texts.lost_words import lost_from_html, lost_from_markdown
from forums.markup.markdown_writer import to_markdown
from forums.markup.text import without_deceit

CHUNK = 50
"""Texts sent to a process at once."""


class Text:
    """A post's Markdown and HTML, or in `refused` the reason why it was not accepted.

    `lost` are the words of the foreign text that are not in `html`.
    """

    __slots__ = ("body", "html", "lost", "refused")

    def __init__(self, body: str = "", html: str = "", lost: Sequence[str] = (), refused: str = ""):
        self.body, self.html, self.lost, self.refused = body, html, lost, refused


def prepare(text: str, is_html: bool, base: str | None, markdown: str | None = None) -> Text:
    """Convert a text. Never raises. Links are resolved against the address `base`.

    HTML with its source in `markdown` comes from this software, so its relative links stay.
    """
    try:
        if markdown is not None:
            return Text(without_deceit(markdown), markup.shortened(markup.sanitise(text)))
        if is_html:
            html = markup.shortened(markup.sanitise(text, base))
            return Text(to_markdown(html), html, lost_from_html(text, html))
        body = markup.clean(text)
        whole = markup.render(body).html
        html = markup.shortened(whole)
        kept = body if html == whole else to_markdown(html)
        return Text(kept, html, lost_from_markdown(body, html))
    except ValueError as error:
        return Text(refused=str(error).rstrip("."))


def _belong_to(parent: int) -> None:
    """Ignore Ctrl-C, which a terminal sends to all processes, and end when the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(signal.SIGKILL, parent)


class ConversionPool:
    """Processes that convert texts. Use it in a `with` statement."""

    def __init__(self, base: str | None):
        self._base = base
        # Spawned, not forked, because a child must not hold copies of our connections.
        self._pool = ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), _belong_to, (os.getpid(),))

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self._pool.shutdown(cancel_futures=True)

    def prepare(self, posts: list[Post]):
        """Return an iterator with one `Text` for each post. The work starts at once."""
        if len(posts) <= CHUNK:  # starting a process would take longer
            return [prepare(post.text, post.is_html, self._base, post.markdown) for post in posts]
        texts = [post.text for post in posts]
        kinds = [post.is_html for post in posts]
        sources = [post.markdown for post in posts]
        return self._pool.map(prepare, texts, kinds, [self._base] * len(posts), sources, chunksize=CHUNK)
