"""Turns the plain text of a mail into HTML: quotes, paragraphs, code, and folded signatures. No word is lost."""

import re
from html import escape
from itertools import groupby

ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?')\]]")
QUOTE = re.compile(r" ?>")
SIGNATURE = re.compile(r"-- ?")
FOOTER = re.compile(r"_{40,}")
"""The line above the words that the list adds to each mail."""
ORIGINAL = re.compile(
    r"-{2,}\s*(Original Message|Forwarded message|Ursprüngliche Nachricht)\s*-{2,}", re.IGNORECASE
)
CODE = re.compile(r"\s{2,}\S|\S.*\S {3,}\S|\t|.*(?:[{};]|<-.*)$|[$#%+] ")
"""A line that looks like code or a table: indented, with columns, or with the signs of a program."""
SCRUBBED = re.compile(
    r"^A non-text attachment was scrubbed\.\.\.\nName: (.*)\nType: image/.*\n(?:\w+: .*\n)*?URL: ?<?(https?://[^\s<>]+)",
    re.MULTILINE,
)
"""The lines that pipermail leaves of a picture: its name, and the address of its file."""
DEEPEST = 15
"""Levels of quotes. Further ones are shown in the last."""
WRAPPED = 60
"""Characters. If the next word had fitted into a line of this length, its author wanted a new line."""


def to_html(text: str) -> str:
    """Return HTML with the same words, and with the pictures that pipermail has taken out of it."""
    text = text.replace("\r\n", "\n")
    lines = [line.rstrip() for line in text.expandtabs().split("\n")]
    whole, end = _split(lines, ORIGINAL)
    body, signature = _split(whole, SIGNATURE, FOOTER)
    html = _blocks(body, 1)
    if signature:
        words = signature[1:] if SIGNATURE.fullmatch(signature[0]) else signature
        html += _folded("Signature", f"<p>{_lines(words)}</p>")
    if end:
        label = ORIGINAL.fullmatch(end[0].strip())
        html += _folded(label[1] if label else "", _blocks(end[1:], 2))
    pictures = (
        f'<img src="{escape(found[2])}" alt="{escape(found[1])}">' for found in SCRUBBED.finditer(text)
    )
    return html + "".join(f"<p>{picture}</p>" for picture in pictures)


def _split(lines: list[str], *marks: re.Pattern) -> tuple[list[str], list[str]]:
    """Divide the lines before the first that is a mark."""
    at = next(
        (n for n, line in enumerate(lines) if any(mark.fullmatch(line.strip()) for mark in marks)), None
    )
    return (lines, []) if at is None else (lines[:at], lines[at:])


def _blocks(lines: list[str], depth: int) -> str:
    html = []
    for is_quote, group in groupby(lines, lambda line: QUOTE.match(line) is not None and depth < DEEPEST):
        if is_quote:
            inner = _blocks([re.sub(r"^ ?> ?", "", line) for line in group], depth + 1)
            html.append(f"<blockquote>{inner}</blockquote>" if inner else "")
        else:
            html.append(_paragraphs([*group]))
    return "".join(html)


def _paragraphs(lines: list[str]) -> str:
    """Return paragraphs and blocks of code. Blocks of code that follow each other are one."""
    paragraphs = [[*group] for is_empty, group in groupby(lines, lambda line: not line) if not is_empty]
    html = []
    for is_code, group in groupby(paragraphs, _is_code):
        if is_code:
            code = "\n\n".join("\n".join(paragraph) for paragraph in group)
            html.append(f"<pre><code>{escape(code)}\n</code></pre>")
        else:
            html += [f"<p>{_lines(paragraph)}</p>" for paragraph in group]
    return "".join(html)


def _is_code(paragraph: list[str]) -> bool:
    return sum(CODE.match(line) is not None for line in paragraph) * 2 > len(paragraph)


def _lines(lines: list[str]) -> str:
    """Join lines that were wrapped, and keep the others."""
    html = ""
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        is_wrapped = len(line) + 1 + len(after.strip().partition(" ")[0]) > WRAPPED
        html += _linked(line.strip()) + ("" if not after else " " if is_wrapped else "<br>")
    return html


def _linked(line: str) -> str:
    html, at = "", 0
    for found in ADDRESS.finditer(line):
        address = escape(found[0])
        html += f'{escape(line[at : found.start()])}<a href="{address}">{address}</a>'
        at = found.end()
    return html + escape(line[at:])


def _folded(label: str, html: str) -> str:
    return f"<details><summary>{escape(label)}</summary>{html}</details>" if html != "<p></p>" else ""
