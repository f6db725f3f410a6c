"""Describes a topic's page to search engines as JSON-LD (schema.org, DiscussionForumPosting). For visitors only.

It is made from the page's HTML, so it says nothing that the page does not show. Texts are only begun, because the page
has them anyway: with whole texts it would be twice as large.
"""

import json
import re
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from forums import markup

TEXT = 40
"""Characters of each comment."""
READ = 2_000
"""Characters of HTML from which they are taken."""
KEPT = 2_000
"""Comments of which a process keeps what their HTML says."""
AUTHOR = re.compile(r'class="author" href="([^"]+)">([^<]+)<')
END = "</div><footer "
AT = re.compile(r'datetime="([^"]+)"')
PROSE = re.compile(rf'<div class="prose">(.{{1,{READ}}})', re.DOTALL)
PICTURE = re.compile(r'<img src="(/pictures/[^"]+)"')
# These would end the element in HTML.
ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}


def of(topic, page) -> SafeString:
    """Return the element with the description of a page. No query."""
    about = {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "headline": topic.title,
        "url": settings.SITE_URL + topic.get_absolute_url(),
        **_facts(page, page.base),
        "datePublished": topic.created_at.strftime("%Y-%m-%dT%H:%MZ"),
        "text": topic.excerpt or topic.title,
        "commentCount": topic.comment_count,
    }
    text = json.dumps(about, ensure_ascii=False, separators=(",", ":")).translate(ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def picture(page) -> str:
    """Return the address of the first picture in the opening, or ""."""
    found = PICTURE.search(page.shared.plain[page.base.id][0])
    return found[1] if found else ""


def _facts(page, row) -> dict:
    """Return author, time, text and replies of a comment. A placeholder has only its replies."""
    replies = [_comment(page, each) for each in page.shared.children.get(row.id, ())]
    facts: dict = {"comment": replies} if replies else {}
    html, _ = page.shared.plain[row.id]
    written = _written(html)
    if written.text is not None:
        person = {"@type": "Person", "name": written.author, "url": settings.SITE_URL + written.address}
        facts |= {"author": person if row is page.base else written.author, "text": written.text}
    if written.at:
        facts["datePublished"] = written.at
    return facts


class Written(NamedTuple):
    """What the HTML of a comment says about it. A placeholder has no text."""

    author: str
    address: str
    at: str
    text: str | None


@lru_cache(KEPT)
def _written(html):
    author, at, prose = AUTHOR.search(html), AT.search(html), PROSE.search(html)
    when = at[1] if at else ""
    if not author or not prose:
        return Written("", "", when, None)
    return Written(unescape(author[2]), author[1], when, markup.excerpt(prose[1].partition(END)[0], TEXT))


def _comment(page, row) -> dict:
    return {"@type": "Comment", "url": f"#comment-{row.id}", **_facts(page, row)}
