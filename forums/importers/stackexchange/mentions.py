"""Translates `@Name` in the comments of Stack Exchange into members' new names.

Such a mention is written without spaces, perhaps with only the first letters. It means somebody in the same discussion.
"""

import re

from forums.importers.records.records import Post

MENTION = re.compile(r"(?<![\w@/.])@([^\W_][\w.-]{2,})")


class MentionTranslator:
    """Members' old and new names, by source."""

    def __init__(self, names: dict[str, tuple[str, str]]):
        self._names = {source: (_squeezed(old), new) for source, (old, new) in names.items()}

    def translate(self, posts: list[Post]) -> None:
        """Replace the mentions in the Markdown of these posts by the members' new names."""
        present = dict(
            self._names[author] for author in dict.fromkeys(post.author for post in posts) if author
        )
        for post in posts:
            if not post.is_html and "@" in post.text:
                post.text = MENTION.sub(lambda mention: _translated(mention, present), post.text)


def _translated(mention: re.Match, present: dict[str, str]) -> str:
    name = _squeezed(mention[1]).rstrip(".-")
    meant = [name] if name in present else [old for old in present if old.startswith(name)]
    # A name that matches nobody, or several members, stays as it was written.
    return f"@{present[meant[0]]}{mention[1][len(name) :]}" if len(meant) == 1 else mention[0]


def _squeezed(name: str) -> str:
    return "".join(name.split()).lower()
