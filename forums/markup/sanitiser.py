"""Cleans HTML of other forums, and simplifies what Discourse and Stack Exchange put around a text.

A quote box becomes a quote with a name. A preview of a page and a video become links. An emoji picture becomes a
character. Polls are removed, because an importer makes real ones of them.
"""

import re
from collections import Counter
from functools import lru_cache
from urllib.parse import quote

import nh3

from forums.markup import allow_list
from forums.markup.dialect.addresses import SCHEMES
from forums.markup.dialect.mentions import SIGNS
from forums.markup.element_tree import VOID, Element, Nodes, parse
from forums.markup.emoji import emoji
from forums.markup.pictures import key_of
from forums.markup.renderer import finish
from forums.markup.transforms import BLOCKS, escaped, shape

LONGEST_HTML = 200_000
"""Characters. The longest ordinary post that we have seen has 28,000."""

DEEPEST_HTML = 500
"""Open elements of one tag. The parser needs quadratic time: 40,000 nested lists would keep it busy for seconds."""

OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# nh3 does not escape the text inside an <iframe>, so `parse` would read it as elements.
IFRAME = re.compile(r'(<iframe(?: [^\s="<>/]+="[^"]*")*>).*?</iframe>', re.DOTALL)
PAGE = re.compile(r"/(?:comments|u|c)/[^/<>\"\\\s]+/")
"""A page of this site. An importer adds it as `data-page` to a link to a page of the other site."""
NAME = re.compile(rf"@?([\w{SIGNS}.-]{{3,30}})")

REMOVED = {
    "poll",
    "poll-info",
    "meta",
    "quote-controls",
    "badge-wrapper",
    "avatar",
    "anchor",
    "onebox-metadata",
}
RENAMED = {"b": "strong", "i": "em", "strike": "s", "del": "s", "ins": "u"}
RENAMED_SPANS = {"bbcode-b": "strong", "bbcode-i": "em", "bbcode-u": "u", "bbcode-s": "s"}
BOXES = {"aside", "header", "article", "section", "figure", "figcaption", "div", "center"}
BOXES |= {"dl", "dt", "dd", "address", "main", "nav", "footer", "hgroup", "fieldset", "legend", "form"}
MEDIA = {"video", "audio", "iframe", "embed"}
# Schemes of addresses that people write although a browser has no program for most of them. They become text.
UNUSUAL_SCHEMES = {
    *(
        "bitcoin",
        "callto",
        "ed2k",
        "ethereum",
        "facetime",
        "ftp",
        "ftps",
        "gemini",
        "git",
        "gopher",
        "im",
        "ipfs",
    ),
    *(
        "irc",
        "irc6",
        "ircs",
        "ldap",
        "mms",
        "mumble",
        "news",
        "nntp",
        "rtmp",
        "rtsp",
        "sftp",
        "sips",
        "skype",
        "slack",
    ),
    *("sms", "ssh", "steam", "svn", "tg", "webcal", "ws", "wss"),
}


def sanitise(html: str, base: str | None = None) -> str:
    """Return safe HTML for a comment. Sanitising the result again changes nothing.

    `base` is the address of the page that the HTML comes from. Relative addresses are resolved against it; without it
    they stay as they are. Raises ValueError for HTML that is too long or too deep to be a post.
    """
    _refuse_monsters(html)
    tree = parse(IFRAME.sub(r"\1</iframe>", _regular(base).clean(html)))
    tree.rewrite(_plain)
    return finish(shape(tree))


def _refuse_monsters(html: str) -> None:
    if len(html) > LONGEST_HTML:
        raise ValueError(f"The HTML has {len(html):,} characters; at most {LONGEST_HTML:,} are read.")
    depths: Counter[str] = Counter()
    for closing, tag in OPEN_OR_CLOSE.findall(html):
        tag = tag.lower()
        if closing:
            depths[tag] = max(0, depths[tag] - 1)
        elif tag not in VOID and tag not in ("p", "li", "td", "tr"):  # these need no end tag
            depths[tag] += 1
            if depths[tag] > DEEPEST_HTML:
                raise ValueError(f"The HTML has more than {DEEPEST_HTML} <{tag}> inside each other.")


@lru_cache(maxsize=16)
def _regular(base: str | None) -> nh3.Cleaner:
    """Return a cleaner that makes HTML regular for `parse` and keeps what `_plain` needs. `allowed` decides later."""
    return nh3.Cleaner(
        tags=allow_list.TAGS | BOXES | MEDIA | {"h1", "h2", "source", *RENAMED},
        clean_content_tags=allow_list.REMOVED_WITH_CONTENTS - MEDIA,
        attributes={
            "*": {"class", "title"},
            "a": {"href", "data-page"},
            "img": {"src", "alt", "width", "height", "data-picture"},
            "iframe": {"src"},
            "video": {"src"},
            "audio": {"src"},
            "embed": {"src"},
            "source": {"src"},
            "ol": {"start"},
            "td": {"style", "align"},
            "th": {"style", "align"},
            "aside": {"data-username", "data-comment"},
            "div": {"data-youtube-id", "data-youtube-title"},
            "details": {"open"},
            "input": {"type", "checked", "disabled"},
        },
        url_schemes={*SCHEMES, *UNUSUAL_SCHEMES},
        url_relative=("rewrite_with_base", base) if base else "pass_through",
        link_rel=None,
    )


def _plain(element: Element) -> Nodes | None:
    """Return what replaces this element, or None to keep it. Its contents have been replaced already."""
    tag, classes = element.tag, set(element.classes)
    if classes & REMOVED and "lightbox" not in classes:
        return []
    if tag == "img":
        return _picture(element, classes)
    if tag == "input" and element.attributes.get("type") != "checkbox":
        return []
    if tag in ("a", "span"):
        return _inline(element, classes)
    if tag in MEDIA:
        return _media(element)
    if tag == "pre":
        _code(element)
        return None
    if tag in BOXES:
        return _box(element, classes)
    element.tag = RENAMED.get(tag, tag)
    return None


def _picture(image: Element, classes: set[str]) -> Nodes | None:
    if "emoji" in classes:
        name = (image.attributes.get("title") or image.attributes.get("alt") or "").strip(":")
        return [emoji(name) or escaped(f":{name}:")]
    if key_of(stored := image.attributes.pop("data-picture", "")):
        # An importer writes the place of a picture that has no address. As `src` it would get that of the other site.
        image.attributes["src"] = stored
    if image.attributes.get("src", "").startswith("//"):
        image.attributes["src"] = "https:" + image.attributes["src"]
    return None if image.attributes.get("src") else [escaped(image.attributes.get("alt", ""))]


def _inline(element: Element, classes: set[str]) -> Nodes | None:
    if "mention" in classes or "mention-group" in classes:
        return _mention(element.text())
    if element.tag == "a":
        if "lightbox" in classes and (image := element.first("img")) and element.attributes.get("href"):
            # The image is a small copy of the picture that the link opens.
            image.attributes["src"] = element.attributes["href"]
            return [image]
        if PAGE.fullmatch(page := element.attributes.get("data-page", "")):
            element.attributes["href"] = page
        return None if element.text().strip() or element.first("img") else []
    if "spoiled" in classes:
        element.attributes = {"class": "spoiler"}
        return None
    tag = next((RENAMED_SPANS[name] for name in classes if name in RENAMED_SPANS), None)
    if tag:
        return [Element(tag, children=element.children)]
    return None if classes & allow_list.CLASSES["span"] else element.children


def _mention(text: str) -> Nodes:
    match = NAME.fullmatch(text.strip())
    if not match:
        return [escaped(text)]
    return [Element("a", {"class": "mention", "href": f"/u/{quote(match[1])}/"}, [f"@{match[1]}"])]


def _media(element: Element) -> Nodes:
    sources = [element, *element.all("source", "a")]
    addresses = [source.attributes.get("src") or source.attributes.get("href") for source in sources]
    address = next(filter(None, addresses), None)
    words = Element("", children=[child for child in element.children if not _is_source(child)])
    if not address:
        return words.children
    link = _link(address, " ".join(element.attributes.get("title", "").split()))
    if not words.text().strip() or element.first("a"):
        return link
    return [*link, *(words.children if words.first(*BLOCKS) else [Element("p", children=words.children)])]


def _is_source(node: Element | str) -> bool:
    return isinstance(node, Element) and node.tag == "source"


def _link(address: str, label: str = "") -> Nodes:
    return [Element("p", children=[Element("a", {"href": address}, [escaped(label or address)])])]


def _code(pre: Element) -> None:
    """Turn lines of code that are items of a numbered list into lines of text."""
    code = pre.first("code")
    if code and code.first("li"):
        code.children = [escaped(code.text())]


def _box(box: Element, classes: set[str]) -> Nodes:
    if "table-scroll" in classes:
        return [box]
    if "quote" in classes:
        return _quote(box)
    if "onebox" in classes or "lazyYT" in classes or "lazyYT-container" in classes:
        return _preview(box)
    if "spoiler" in classes or "spoiled" in classes:
        return [
            Element(
                "details", {"class": "spoiler"}, [Element("summary", children=["Spoiler"]), *box.children]
            )
        ]
    if any(not isinstance(child, str) and child.tag in BLOCKS for child in box.children):
        return box.children
    return [Element("p", children=box.children)] if box.html().strip() else []


def _quote(box: Element) -> Nodes:
    """Return a quote that begins with its author's name and a link, as our own composer writes quotes.

    An importer adds the id of the quoted comment as `data-comment`.
    """
    quote = box.first("blockquote")
    if quote is None:
        return box.children
    name, comment = box.attributes.get("data-username"), box.attributes.get("data-comment", "")
    if name or comment:
        who = _mention(name) if name else ["Somebody"]
        wrote = Element("a", {"href": f"/comments/{comment}/"}, ["wrote"]) if comment.isdecimal() else "wrote"
        quote.children = [Element("p", children=[*who, " ", wrote, ":"]), *quote.children]
    return [quote]


def _preview(box: Element) -> Nodes:
    """Return the link of a page preview, with the best title that it has."""
    video = box.attributes.get("data-youtube-id")
    if video and video.replace("-", "").replace("_", "").isalnum():
        return _link(f"https://www.youtube.com/watch?v={video}", box.attributes.get("data-youtube-title", ""))
    heading = box.first("h3", "h4") or box
    links = [link for place in (heading, box) for link in place.all("a") if link.attributes.get("href")]
    titled = [link for link in links if link.text().strip()]
    if not links:
        return box.children
    link = (titled or links)[0]
    return _link(link.attributes["href"], " ".join(link.text().split()))
