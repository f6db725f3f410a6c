"""Completes links and pictures for HTML that is read outside the site, such as in a feed reader."""

import re
from html import escape, unescape
from urllib.parse import urljoin

from forums.markup.pictures import without_motion
from forums.markup.renderer import without_remote_pictures

# Stored HTML is regular (see `element_tree`): `<` in text and quotes in values are escaped.
LINK = re.compile(r'(<(?:a|img)(?: [^\s="<>/]+="[^"]*")*? (?:href|src)=")([^"]*)(?=")')
FILES = re.compile(r'(<img(?: [^\s="<>/]+="[^"]*")*?) srcset="[^"]*"')


def absolute_links(html: str, base: str) -> str:
    """Return a comment's stored HTML with its addresses resolved against `base`, the address of its page."""
    html = FILES.sub(r"\1", without_motion(without_remote_pictures(html)))
    return LINK.sub(lambda link: link[1] + escape(urljoin(base, unescape(link[2]))), html)
