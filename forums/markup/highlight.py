"""Colours for code: classes only (static/css/code.css has the colours), and never for long.

A lexer is a pile of regular expressions, and a few of the 600 that Pygments brings take minutes on text made for
it. So only these languages are coloured, and only the first `MOST` characters of code in a comment.
"""

from html import escape

from pygments import lex
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

MOST = 12_000
"""Characters of code that are coloured in one comment; what follows is shown plain."""

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
    "make": "makefile",
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


def highlight(source: str, name: str) -> str:
    """The source as HTML with a span around each piece that has a colour. `name` is one of LANGUAGES."""
    lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    pieces = []
    last, run = None, []
    for kind, text in lex(source, lexer):
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
