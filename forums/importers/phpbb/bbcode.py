"""Turns BBCode into HTML, which `markup` then cleans and writes as Markdown. No word is lost.

Tags that are not known, or have no end, stay as text.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

TAG = re.compile(
    r"\[(/?)(\*|[a-z]{1,20})(=(?:\"[^\"\n]*\"|[^\]\n\"]*))?((?: [a-z_]+=[^\]\n]*)?)\]", re.IGNORECASE
)
ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?')\]]")
FONTS = {"b": "strong", "i": "em", "u": "u", "s": "s", "strike": "s", "del": "s", "sub": "sub", "sup": "sup"}
PLAIN = {
    "color",
    "size",
    "font",
    "center",
    "left",
    "right",
    "align",
    "justify",
    "indent",
    "email",
    "attachment",
}
"""Tags of which only the contents stay."""
BLOCKS = {"quote", "code", "list", "spoiler", "hide"}
KNOWN = {*FONTS, *PLAIN, *BLOCKS, "url", "img", "tt", "*"}
DEEPEST = 40
POST = re.compile(r"post_id=([0-9]{1,9})")


@dataclass(slots=True)
class Node:
    tag: str
    value: str = ""
    more: str = ""
    children: list["Node | str"] = field(default_factory=list)


def to_html(text: str, quoted: Callable[[str, int | None], str]) -> str:
    """Return HTML. `quoted(name, post)` returns the attributes of a quote's box, from its author and post if known."""
    return _blocks(_parse(text.replace("\r", "")).children, quoted)


def quoted_post(text: str) -> int | None:
    """Return the number of the post that the first quote names, if it does."""
    found = next((tag for tag in TAG.finditer(text) if tag[2].lower() == "quote" and not tag[1]), None)
    post = POST.search(found[4]) if found else None
    return int(post[1]) if post else None


def _parse(text: str) -> Node:
    ends = defaultdict(list)
    for tag in TAG.finditer(text):
        if tag[1]:
            ends[tag[2].lower()].append(tag.start())
    stack, at = [Node("")], 0
    for tag in TAG.finditer(text):
        name, is_end = tag[2].lower(), bool(tag[1])
        if tag.start() < at or not _counts(name, is_end, tag, stack, ends):
            continue
        stack[-1].children.append(text[at : tag.start()])
        at = tag.end()
        if is_end:
            while stack.pop().tag != name:
                pass
            continue
        if name == "*":
            while stack[-1].tag == "*" or stack[-1].tag in FONTS:
                stack.pop()
        node = Node(name, (tag[3] or "")[1:].strip('"'), tag[4])
        stack[-1].children.append(node)
        stack.append(node)
        if name == "code":
            end = next(end for end in ends[name] if end >= at)
            node.children.append(text[at:end])
            at = end
    stack[-1].children.append(text[at:])
    return stack[0]


def _counts(name: str, is_end: bool, tag: re.Match, stack: list[Node], ends) -> bool:
    """Return whether a tag is one: known, and inside its list or with an end."""
    if name not in KNOWN:
        return False
    if is_end:
        return any(node.tag == name for node in stack)
    if name == "*":
        return any(node.tag == "list" for node in stack)
    return len(stack) < DEEPEST and bisect_right(ends[name], tag.start()) < len(ends[name])


def _blocks(children: list[Node | str], quoted) -> str:
    """Return blocks, and paragraphs of all that is between them."""
    html = ""
    for is_block, group in groupby(
        _flat(children), lambda child: isinstance(child, Node) and child.tag in BLOCKS
    ):
        if is_block:
            html += "".join(_block(child, quoted) for child in group)
        else:
            html += _paragraphs("".join(_inline(child, quoted) for child in group))
    return html


def _flat(children: Iterable[Node | str]) -> Iterable[Node | str]:
    """Yield the children, with those of tags that only wrap blocks or mean nothing here in their places."""
    for child in children:
        if isinstance(child, Node) and (child.tag in PLAIN or (child.tag in FONTS and _holds_block(child))):
            yield from _flat(child.children)
        else:
            yield child


def _holds_block(node: Node) -> bool:
    return any(
        isinstance(child, Node) and (child.tag in BLOCKS or _holds_block(child)) for child in node.children
    )


def _paragraphs(html: str) -> str:
    parts = [part.strip("\n ") for part in re.split(r"\n\s*\n", html)]
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts if part)


def _block(node: Node, quoted) -> str:
    if node.tag == "code":
        code = "".join(child for child in node.children if isinstance(child, str)).strip("\n")
        return f"<pre><code>{escape(code)}\n</code></pre>"
    if node.tag == "list":
        return _list(node, quoted)
    inner = _blocks(node.children, quoted)
    if node.tag == "quote":
        post = POST.search(node.more)
        attributes = quoted(node.value, int(post[1]) if post else None)
        return f'<aside class="quote"{attributes}><blockquote>{inner}</blockquote></aside>'
    return f'<details class="spoiler"><summary>{escape(node.value) or "Spoiler"}</summary>{inner}</details>'


def _list(node: Node, quoted) -> str:
    tag = "ol" if node.value else "ul"
    items = [child for child in node.children if isinstance(child, Node) and child.tag == "*"]
    before = [child for child in node.children if child not in items]
    html = "".join(f"<li>{_item(item, quoted)}</li>" for item in items)
    return _blocks(before, quoted) + (f"<{tag}>{html}</{tag}>" if items else "")


def _item(item: Node, quoted) -> str:
    html = _blocks(item.children, quoted)
    # An item with one paragraph needs none.
    alone = re.fullmatch(r"<p>((?:(?!<p>).)*)</p>", html, re.DOTALL)
    return alone[1] if alone else html


def _inline(node: Node | str, quoted) -> str:
    if isinstance(node, str):
        return _linked(node)
    if node.tag == "img":
        return _picture(_text(node), node.value)
    inner = "".join(_inline(child, quoted) for child in _flat(node.children))
    if node.tag in FONTS:
        return f"<{FONTS[node.tag]}>{inner}</{FONTS[node.tag]}>" if inner.strip() else inner
    if node.tag == "tt":
        return f"<code>{escape(_text(node))}</code>"
    if node.tag == "url":
        return _link(node, inner)
    return inner


def _link(node: Node, inner: str) -> str:
    address = (node.value or _text(node)).strip()
    if re.match(r"(?i)www\.", address):
        address = f"http://{address}"
    if not re.match(r"(?i)https?://|/|\./", address):
        return f"{inner} ({escape(address)})" if node.value else inner
    if "<a " in inner:  # the text is an address, too
        inner = escape(_text(node))
    return f'<a href="{escape(address)}">{inner.strip() or escape(address)}</a>'


def _picture(address: str, words: str) -> str:
    address = address.strip()
    if not re.match(r"(?i)https?://|/|\./", address):
        return escape(address)
    return f'<img src="{escape(address)}" alt="{escape(words)}">'


def _text(node: Node) -> str:
    return "".join(child if isinstance(child, str) else _text(child) for child in node.children)


def _linked(text: str) -> str:
    html, at = "", 0
    for found in ADDRESS.finditer(text):
        html += f'{escape(text[at : found.start()])}<a href="{escape(found[0])}">{escape(found[0])}</a>'
        at = found.end()
    return html + escape(text[at:])
