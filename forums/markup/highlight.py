"""Marks the syntax of code with classes. static/css/seldom.css has the colours.

Most lexers take quadratic time on hostile text: 12,000 characters of short lines keep the one for Java busy for more
than six seconds. Therefore only these languages are coloured and only a limited amount of code in a comment. A block
that takes too long is shown plain.
"""

import time
from html import escape

from pygments import lex
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, _TokenType

MOST = 6_000
"""Characters of code that are coloured in one comment. A block that exceeds the rest of them is shown plain."""

PATIENCE = 0.15
"""Seconds of processor time for a block, whatever the load of the machine. Ordinary code takes some milliseconds."""

# Our name for a language, which becomes the class `language-…`, and other names that people write for it.
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
    """Return our name for a language, or None for one that is not coloured."""
    return CALLED.get(name.strip().lower())


def highlight(source: str, name: str) -> str | None:
    """Return the source as HTML with a span around each coloured piece, or None if that takes too long.

    `name` is one of LANGUAGES.
    """
    lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    deadline = time.thread_time() + PATIENCE
    pieces: list[str] = []
    last: str | None = None
    run: list[str] = []
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


def _class(kind: _TokenType) -> str:
    while kind not in STANDARD_TYPES and kind.parent:
        kind = kind.parent
    return STANDARD_TYPES[kind]


def _span(css_class: str | None, text: str) -> str:
    text = escape(text, quote=False)
    if not css_class or not text or css_class in PLAIN:
        return text
    return f'<span class="{css_class}">{text}</span>'


# Names, brackets and spaces, which are most of a page of code, have the colour of text and get no span.
PLAIN = frozenset(["n", "p", "w", "x", "nx", "pm", "esc"])
