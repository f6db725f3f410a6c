"""The changes that an allow-list cannot express, the same for Markdown and for imported HTML."""

from itertools import takewhile

from forums.markup import highlight
from forums.markup.allowed import CLASSES, acceptable
from forums.markup.plain import without_deceit
from forums.markup.tree import Element

HIGHEST_HEADING = 3
"""A page's own headings are <h1> (the topic) and <h2>; a comment's begin below them."""

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = {*HEADINGS, *("p", "ul", "ol", "pre", "blockquote", "table", "div", "details", "hr")}
LAZILY = {"loading": "lazy", "decoding": "async", "referrerpolicy": "no-referrer"}


def shape(root: Element) -> Element:
    """Change the tree in place, and return it: headings, images, code, tables, spoilers."""
    _demote_headings(root)
    coloured = 0
    for pre in list(root.all("pre")):
        coloured += _colour(pre, highlight.MOST - coloured)
    for cell in root.all("td", "th"):
        _align(cell)
    for element in root.all():
        _dress(element)
    root.rewrite(_replace)
    return root


def _demote_headings(root: Element) -> None:
    """Shift all headings by the same number of levels, so that the highest is h3 and the outline keeps its form."""
    headings = list(root.all(*HEADINGS))
    shift = max((HIGHEST_HEADING - int(heading.tag[1]) for heading in headings), default=0)
    for heading in headings:
        if shift > 0:
            heading.tag = f"h{min(int(heading.tag[1]) + shift, 6)}"


def _colour(pre: Element, budget: int) -> int:
    """Colour the code in this element if it fits into the budget; answer how many characters that took."""
    code = pre.first("code")
    if code is None:
        pre.children = [code := Element("code", children=pre.children)]
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
        return budget  # whoever wrote one such block may have written more
    code.children = [coloured]
    # Every block counts as something: a thousand tiny ones cost as much to set up as one long one to read.
    return len(source) + 100


def _align(cell: Element) -> None:
    said = cell.attributes.pop("style", "") + cell.attributes.pop("align", "")
    side = next((side for side in ("center", "right") if side in said), None)
    if side:
        cell.attributes["class"] = f"align-{side}"


def _dress(element: Element) -> None:
    """Keep the classes that mean something here, and give spoilers and tasks what they need."""
    if not element.attributes.get("title"):
        element.attributes.pop("title", None)
    classes = [name for name in element.classes if name in CLASSES.get(element.tag, ())]
    element.attributes.pop("class", None)
    if classes:
        element.attributes["class"] = " ".join(classes)
    if element.tag == "span" and "spoiler" in classes:
        element.attributes["tabindex"] = "0"  # revealed by focus, so that keys and touch can do it
    elif element.tag == "li" and "task-list-item" in classes:
        _label_task(element)


def _label_task(item: Element) -> None:
    """Make the words beside a tick box its label, so that both are spoken together."""
    box = next((child for child in item.children if not isinstance(child, str)), None)
    if box is None or box.tag != "input":
        return
    begin = item.children.index(box)
    rest = item.children[begin + 1 :]
    words = list(takewhile(lambda child: isinstance(child, str) or child.tag not in BLOCKS, rest))
    after = rest[len(words) :]
    if not "".join(word for word in words if isinstance(word, str)).strip() and after and after[0].tag == "p":
        paragraph = after[0]
        paragraph.children = [Element("label", children=[box, " ", *paragraph.children])]
        item.children[begin:] = after
    else:
        item.children[begin:] = [Element("label", children=[box, *words]), *after]


def _replace(element: Element) -> list | None:
    if element.tag == "img":
        return _image(element)
    if element.tag == "a":  # an image that became a link may have been inside one
        element.rewrite(lambda inner: inner.children if inner.tag == "a" else None)
        return None
    if element.tag == "table":
        return [Element("div", {"class": "table-scroll"}, [element])]
    if element.tag == "div":  # only our own wrapper means anything; it is put around each table anew
        return element.children if "table-scroll" in element.classes else None
    return None


def _image(image: Element) -> list | None:
    """An image that may not be loaded here (CSP: https only) is offered as a link."""
    source = image.attributes.get("src", "")
    if source.startswith("https://"):
        # nh3 reorders the attributes of an element that it takes one from, so it must find nothing to take.
        fit = {name: value for name, value in image.attributes.items() if acceptable("img", name, value)}
        image.attributes = {"src": source, "alt": "", **fit, **LAZILY}
        return None
    label = image.attributes.get("alt") or source
    if not source.startswith("http://"):
        return [escaped(label)]
    return [Element("a", {"href": source}, [escaped(label)])]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
