"""Decides which addresses may be links."""

import re

SCHEMES = frozenset(["http", "https", "mailto", "xmpp", "tel", "sip", "matrix", "magnet", "geo"])
"""Of the addresses that may be links. An address with another scheme is shown as text."""

SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


def may_link(address: str) -> bool:
    """Return whether a link may have this address. Relative addresses have no scheme and are allowed."""
    scheme = SCHEME.match(address)
    return scheme is None or scheme[1].lower() in SCHEMES
