"""Colours for code: classes only (static/css/code.css has the colours), and never for long.

A lexer is a pile of regular expressions, and most take quadratic time on text made for it: 12,000 characters of
short lines hold that for Java for more than six seconds. So only these languages are coloured, only so much of them
in a comment, and a block that takes too long is shown plain.
"""

import time
from html import escape

from pygments import lex
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

MOST = 6_000
"""Characters of code that are coloured in one comment; blocks that do not fit into the rest are shown plain."""

PATIENCE = 0.15
"""Seconds of processor time for a block; honest code takes some milliseconds. A busy machine changes nothing."""

# Our name for a language (it becomes the class `language-…`) and the other names people write for it.
NAMES = {
    "bash": "sh shell zsh",
    "batch": "bat cmd",
    "c": "h",
    "clojure": "clj",
    "cmake": "",
    "console": "shell-session",
    "cpp": "c++ cc cxx hpp",
    "csharp": "cs c#",
    "css": "",
    "dart": "",
    "diff": "patch udiff",
    "docker": "dockerfile",
    "elixir": "ex exs",
    "erlang": "erl",
    "fortran": "f90",
    "glsl": "",
    "go": "golang",
    "graphql": "",
    "groovy": "",
    "haskell": "hs",
    "hlsl": "",
    "html": "xhtml",
    "http": "",
    "ini": "cfg dosini",
    "java": "",
    "javascript": "js node mjs",
    "json": "json5",
    "jsx": "",
    "julia": "jl",
    "kotlin": "kt",
    "latex": "tex",
    "lisp": "common-lisp elisp scheme",
    "lua": "",
    "markdown": "md",
    "matlab": "octave",
    "nginx": "",
    "objective-c": "objc objectivec",
    "ocaml": "ml",
    "perl": "pl",
    "php": "",
    "powershell": "ps1 pwsh",
    "prolog": "",
    "python": "py python3 py3",
    "pycon": "",
    "r": "rlang",
    "ruby": "rb",
    "rust": "rs",
    "scala": "",
    "scss": "sass",
    "sql": "postgresql postgres mysql sqlite",
    "swift": "",
    "toml": "",
    "typescript": "ts",
    "verilog": "v",
    "vhdl": "",
    "vim": "viml",
    "xml": "svg xsd",
    "yaml": "yml",
    "zig": "",
}
LANGUAGES = frozenset(NAMES)
CALLED = {name: language for language, others in NAMES.items() for name in [language, *others.split()]}


def language(name: str) -> str | None:
    """Our name for the language that someone called `name`; None for one that we do not colour."""
    return CALLED.get(name.strip().lower())


def highlight(source: str, name: str) -> str | None:
    """The source as HTML with a span around each piece that has a colour; None where that would take too long.

    `name` is one of LANGUAGES.
    """
    lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    deadline = time.thread_time() + PATIENCE
    pieces = []
    last, run = None, []
    for kind, text in lex(source, lexer):
        if time.thread_time() > deadline:
            return None
        css_class = _class(kind)
        if css_class != last:
            pieces.append(_span(last, "".join(run)))
            last, run = css_class, []
        run.append(text)
    pieces.append(_span(last, "".join(run)))
    return "".join(pieces)


def _class(kind: tuple) -> str:
    while kind not in STANDARD_TYPES:
        kind = kind.parent
    return STANDARD_TYPES[kind]


def _span(css_class: str | None, text: str) -> str:
    text = escape(text, quote=False)
    if not css_class or not text or css_class in PLAIN:
        return text
    return f'<span class="{css_class}">{text}</span>'


# Most of a page of code is names, brackets and spaces, which have the colour of text: no span for them.
PLAIN = frozenset(["n", "p", "w", "x", "nx", "pm", "esc"])
