"""Places for pictures in a comment. A page shows only pictures of this site, so no other site sees its readers.

An upload is an image at `/pictures/KEY/`. A picture of another site is a link of the class `picture`, into which the
site puts its own copy (`forums.models.pictures.placing`).
"""

import re

from forums.markup.element_tree import Element

PICTURE = "picture"
"""The class of a link to a picture of another site."""
OWN = re.compile(r"/pictures/([A-Za-z0-9_-]{22})/(?:[0-9]{1,5}/)?")
FETCHABLE = re.compile("https?://", re.IGNORECASE)


def key_of(address: str) -> str | None:
    """Return the key of the upload at this address, or None."""
    match = OWN.fullmatch(address)
    return match[1] if match else None


def link_to(source: str, label: str, **attributes: str) -> Element:
    """Return the place for a picture of another site: a link with its description."""
    return Element("a", {"href": source, **attributes, "class": PICTURE}, [label])
