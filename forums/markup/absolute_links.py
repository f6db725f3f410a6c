"""Completes links for HTML that is read outside the site, such as in a feed reader."""

import re
from html import escape, unescape
from urllib.parse import urljoin

# Stored HTML is regular (see `element_tree`): `<` in text and quotes in values are escaped.
LINK = re.compile(r'(<a(?: [^\s="<>/]+="[^"]*")*? href=")([^"]*)(?=")')


def absolute_links(html: str, base: str) -> str:
    """Return a comment's stored HTML with its links resolved against `base`, the address of its page."""
    return LINK.sub(lambda link: link[1] + escape(urljoin(base, unescape(link[2]))), html)
