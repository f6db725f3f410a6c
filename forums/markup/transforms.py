"""Changes HTML in ways that an allow-list cannot express, the same for Markdown and for imported HTML."""

from itertools import takewhile

from forums.markup import highlight
from forums.markup.allow_list import CLASSES
from forums.markup.dialect.addresses import may_link
from forums.markup.element_tree import Element, Nodes
from forums.markup.pictures import FETCHABLE, PICTURE, key_of, link_to
from forums.markup.text import without_deceit

HIGHEST_HEADING = 3
"""The page itself uses <h1> for the topic and <h2>, so headings in a comment start below them."""

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = {*HEADINGS, *("p", "ul", "ol", "pre", "blockquote", "table", "div", "details", "hr")}
LAZILY = {"loading": "lazy", "decoding": "async"}


def shape(root: Element) -> Element:
    """Change headings, images, code, tables and spoilers of the tree in place, and return it."""
    _demote_headings(root)
    coloured = 0
    for pre in list(root.all("pre")):
        coloured += _colour(pre, highlight.MOST - coloured)
    for cell in root.all("td", "th"):
        _align(cell)
        if cell.tag == "th" and not cell.text().strip() and cell.first() is None:
            cell.tag = "td"  # an empty header would be read out for each cell of its column
    for element in root.all():
        _dress(element)
    root.rewrite(_replace)
    return root


def _demote_headings(root: Element) -> None:
    """Shift all headings by the same number of levels, so that the highest is h3."""
    headings = list(root.all(*HEADINGS))
    shift = max((HIGHEST_HEADING - int(heading.tag[1]) for heading in headings), default=0)
    for heading in headings:
        if shift > 0:
            heading.tag = f"h{min(int(heading.tag[1]) + shift, 6)}"


def _colour(pre: Element, budget: int) -> int:
    """Colour the code in this element if it fits into the budget. Returns how much of the budget that used."""
    code = pre.first("code")
    if code is None:
        pre.children = [code := Element("code", children=pre.children)]
    if isinstance(pre.children[0], str):
        pre.children[0] = pre.children[0].lstrip("\n")  # browsers leave out a line break after <pre>
    names = [name.removeprefix("language-").removeprefix("lang-") for name in code.classes]
    language = next(filter(None, map(highlight.language, names)), None)
    code.attributes = {"class": f"language-{language}"} if language else {}
    if language is None or code.first():
        return 0
    source = code.text()
    if len(source) > budget:
        return 0
    coloured = highlight.highlight(without_deceit(source), language)
    if coloured is None:
        return budget  # the text may contain more such blocks
    code.children = [coloured]
    # Every block costs a minimum, because setting up a thousand tiny ones takes as long as reading one long one.
    return len(source) + 100


def _align(cell: Element) -> None:
    said = cell.attributes.pop("style", "") + cell.attributes.pop("align", "")
    side = next((side for side in ("center", "right") if side in said), None)
    if side:
        cell.attributes["class"] = f"align-{side}"


def _dress(element: Element) -> None:
    """Keep only the allowed classes, make spoilers focusable and label tasks."""
    if not element.attributes.get("title"):
        element.attributes.pop("title", None)
    classes = [name for name in element.classes if name in CLASSES.get(element.tag, ())]
    element.attributes.pop("class", None)
    if classes:
        element.attributes["class"] = " ".join(classes)
    if element.tag == "span" and "spoiler" in classes:
        element.attributes["tabindex"] = "0"  # focus reveals a spoiler, so keyboards and touch can do it too
    elif element.tag == "li" and "task-list-item" in classes:
        _label_task(element)


def _label_task(item: Element) -> None:
    """Make the words beside a tick box its label, so that a screen reader speaks both together."""
    box = next((child for child in item.children if not isinstance(child, str)), None)
    if box is None or box.tag != "input":
        return
    begin = item.children.index(box)
    rest = item.children[begin + 1 :]
    words = list(takewhile(lambda child: isinstance(child, str) or child.tag not in BLOCKS, rest))
    after = rest[len(words) :]
    paragraph = after[0] if after else None
    is_wordless = not "".join(word for word in words if isinstance(word, str)).strip()
    if is_wordless and isinstance(paragraph, Element) and paragraph.tag == "p":
        paragraph.children = [Element("label", children=[box, " ", *paragraph.children])]
        item.children[begin:] = after
    else:
        item.children[begin:] = [Element("label", children=[box, *words]), *after]


def _replace(element: Element) -> Nodes | None:
    if element.tag == "img":
        return _image(element)
    if element.tag == "a":
        # An image inside it may have become a link, and links cannot contain links.
        pictures = [inner for inner in element.all("a") if PICTURE in inner.classes]
        element.rewrite(_unlinked)
        return _beside(pictures, element) if pictures else _link(element)
    if element.tag == "table":
        return [Element("div", {"class": "table-scroll"}, [element])]
    if element.tag == "div":  # only our own wrapper counts, and each table gets a new one
        return element.children if "table-scroll" in element.classes else None
    return None


def _unlinked(inner: Element) -> Nodes | None:
    if PICTURE in inner.classes:
        return []
    return inner.children if inner.tag == "a" else None


def _beside(pictures: list[Element], link: Element) -> Nodes:
    """Return pictures of other sites that were inside a link, followed by the link with its other words."""
    if link.attributes.get("href") in [picture.attributes["href"] for picture in pictures]:
        return [*pictures, *link.children]
    if not link.text().strip():
        link.children = [escaped(link.attributes.get("href", ""))]
    return [*pictures, " ", *(_link(link) or [link])]


def _link(link: Element) -> Nodes | None:
    """Replace a link with an address that is not allowed by its words and the address in brackets."""
    address = link.attributes.get("href", "")
    if may_link(address):
        return None
    return link.children if link.text().strip() == address else [*link.children, escaped(f" ({address})")]


def _image(image: Element) -> Nodes | None:
    """Keep an upload. Replace an image of another site by the place for its copy, and others by their description."""
    source = image.attributes.get("src", "")
    title = {name: value for name, value in image.attributes.items() if name == "title"}
    if key_of(source):
        # nh3 reorders the attributes of an element when it removes one, so nothing may be left to remove.
        image.attributes = {"src": source, "alt": image.attributes.get("alt", ""), **title, **LAZILY}
        return None
    label = escaped(image.attributes.get("alt") or source)
    if FETCHABLE.match(source):
        return [link_to(source, label, **title)]
    return [Element("a", {"href": source}, [label])] if source else [label]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
