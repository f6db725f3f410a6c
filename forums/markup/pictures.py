"""Places for pictures in a comment. A page shows only pictures of this site, so no other site sees its readers.

An upload is an image at `/pictures/KEY/`. A picture of another site is a link of the class `picture`, into which the
site puts its own copy (`forums.models.pictures.placing`). Beside the image of an animation is a second one at
`/pictures/KEY/moving/`, which is shown while a tick box is checked. Without one, nothing moves.
"""

import re

from forums.markup.element_tree import Element, Nodes, parse

PICTURE = "picture"
"""The class of a link to a picture of another site."""
MOVING = "moving"
"""The class of the element with both images and the tick box, and the end of the address of the second one."""
OWN = re.compile(r"/pictures/([A-Za-z0-9_-]{22})/(?:[0-9]{1,5}/)?")
FETCHABLE = re.compile("https?://", re.IGNORECASE)


def key_of(address: str) -> str | None:
    """Return the key of the upload at this address, or None."""
    match = OWN.fullmatch(address)
    return match[1] if match else None


def is_moving(address: str) -> bool:
    return address.endswith(f"/{MOVING}/")


def stilled(element: Element) -> Nodes | None:
    """Leave out what shows animations. For `Element.rewrite`."""
    if element.tag == "img" and is_moving(element.attributes.get("src", "")):
        return []
    if MOVING in element.classes:
        return [child for child in element.children if isinstance(child, str) or child.tag != "input"]
    return None


def without_motion(html: str) -> str:
    """Return stored HTML with the first frames of animations alone, for readers without our styles."""
    if MOVING not in html:
        return html
    tree = parse(html)
    tree.rewrite(stilled)
    return tree.html()


def link_to(source: str, label: str, **attributes: str) -> Element:
    """Return the place for a picture of another site: a link with its description."""
    return Element("a", {"href": source, **attributes, "class": PICTURE}, [label])
