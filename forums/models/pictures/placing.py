"""Puts pictures into the stored HTML of a comment, where the markup has left a place for them.

An upload is `<img src="/pictures/KEY/">`; a picture of another site is a link of the class `picture`. Once a picture is
ready, the image gets its size and its files, and the link gets an image. An animation gets a second image, and a tick
box that shows it. Placing again changes nothing.
"""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from forums.markup.element_tree import Element, Nodes, parse
from forums.markup.pictures import MOVING, PICTURE, key_of, stilled
from forums.markup.transforms import escaped

if TYPE_CHECKING:
    from forums.models.pictures.picture import Picture

SHOWN = 800
"""The width of the file that browsers without `srcset` load."""
SIZES = "(max-width: 48em) 90vw, 40em"


class Found(NamedTuple):
    """The places for pictures in a text: keys of uploads, and addresses on other sites."""

    keys: list[str]
    sources: list[str]


def address(key: str, width: int | None = None) -> str:
    return f"/pictures/{key}/{width}/" if width else f"/pictures/{key}/"


def find(html: str) -> Found:
    """Return the places for pictures in a comment's HTML, each once."""
    if PICTURE not in html and "/pictures/" not in html:
        return Found([], [])
    tree = parse(html)
    linked = [link for link in tree.all("a") if PICTURE in link.classes]
    inside = {id(image) for link in linked for image in link.all("img")}
    keys = (key_of(image.attributes.get("src", "")) for image in tree.all("img") if id(image) not in inside)
    return Found(
        list(dict.fromkeys(filter(None, keys))),
        list(dict.fromkeys(link.attributes.get("href", "") for link in linked)),
    )


def place(html: str, pictures: Iterable["Picture"]) -> str:
    """Return `html` with these pictures in their places."""
    by_place = {each.source or each.key: each for each in pictures}
    tree = parse(html)
    tree.rewrite(stilled)
    linked = [link for link in tree.all("a") if PICTURE in link.classes]
    for link in linked:
        if picture := by_place.get(link.attributes.get("href", "")):
            image = link.first("img")
            label = image.attributes.get("alt", "") if image else link.text()
            link.children = [_image(picture, "" if label == link.attributes["href"] else label)]
    for image in tree.all("img"):
        if picture := by_place.get(key_of(image.attributes.get("src", "")) or ""):
            image.attributes = _image(picture, image.attributes.get("alt", "")).attributes
    if moving := {each.key for each in by_place.values() if each.is_moving}:
        tree.rewrite(partial(_with_animation, moving))
    return tree.html()


def _with_animation(moving: set[str], element: Element) -> Nodes | None:
    """Put the animations of the pictures `moving` beside their images. Nothing to click may be in a link."""
    if element.tag == "img" and (key := key_of(element.attributes.get("src", ""))) in moving:
        kept = {name: element.attributes[name] for name in ("alt", "width", "height", "loading", "decoding")}
        return [_toggled(element, Element("img", {"src": f"{address(key)}{MOVING}/", **kept}))]
    if element.tag != "a" or not element.first("input"):
        return None
    if len(list(element.all("img"))) > 2:  # the styles show one of two
        element.rewrite(stilled)
        return None
    element.rewrite(lambda inner: inner.children[:-1] if MOVING in inner.classes else None)
    return [_toggled(element)]


def _toggled(*shown: Element) -> Element:
    box = {"type": "checkbox", "class": "button quiet small", "aria-label": "Play this animation"}
    return Element("span", {"class": MOVING}, [*shown, Element("input", box)])


def shown_width(picture: "Picture", wanted: int = SHOWN) -> int:
    """Return the width of the smallest file that is as wide as `wanted`, or else of the largest."""
    return next((width for width in picture.widths if width >= wanted), picture.widths[-1])


def portable(html: str, base: str) -> str:
    """Return `html` for another site: uploads with complete addresses below `base`, other pictures as links."""
    if PICTURE not in html and "/pictures/" not in html:
        return html
    tree = parse(html)
    tree.rewrite(stilled)
    for link in tree.all("a"):
        if PICTURE in link.classes and (image := link.first("img")):
            label = image.attributes.get("alt") or link.attributes["href"]
            link.children = [escaped(label)]
    for image in tree.all("img"):
        if key := key_of(image.attributes.get("src", "")):
            image.attributes = {"src": f"{base}{address(key)}", "alt": image.attributes.get("alt", "")}
    return tree.html()


def _image(picture: "Picture", alt: str) -> Element:
    attributes = {"src": address(picture.key, shown_width(picture)), "alt": alt}
    if len(picture.widths) > 1:
        files = (f"{address(picture.key, width)} {width}w" for width in picture.widths)
        attributes |= {"srcset": ", ".join(files), "sizes": SIZES}
    size = {"width": str(picture.width), "height": str(picture.height)}
    return Element("img", attributes | size | {"loading": "lazy", "decoding": "async"})
