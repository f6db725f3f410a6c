"""Translates mentions of members who have another name here."""

import re
from html import escape

from forums.importers.records.records import Post
from forums.markup.dialect.mentions import NAME
from forums.markup.names import key

IN_HTML = re.compile(r'(class="mention"[^>]*>@)([^<]+)(?=</a>)')


class Renamed:
    """The members' old and new names, where they differ."""

    def __init__(self, names: dict[str, str]):
        self._new = {key(old): new for old, new in names.items() if old != new}

    def apply(self, post: Post) -> Post:
        """Replace the names in a post's text, its source and its old texts."""
        if self._new and post.markdown is not None:
            post.text = IN_HTML.sub(lambda found: found[1] + escape(self._of(found[2])), post.text)
            post.markdown = self._in_markdown(post.markdown)
            for old in post.old_texts:
                old.text = self._in_markdown(old.text)
        return post

    def _in_markdown(self, text: str) -> str:
        return NAME.sub(self._mention, text) if "@" in text else text

    def _mention(self, found: re.Match[str]) -> str:
        name = found[1].rstrip(".-")
        return f"@{self._of(name)}{found[1][len(name) :]}"

    def _of(self, name: str) -> str:
        return self._new.get(key(name), name)
