"""Pages that are rendered once for many viewers, with holes for what is personal.

A template encloses what is personal:

    {% load holes %}<p>Signed in as {% hole "name" %}{{ user.username }}{% endhole %}</p>

`page` renders the part around the holes once and caches it in pieces. For each viewer it then renders only the contents
of the holes and joins the pieces. Everything else that renders such a template, for instance `django.shortcuts.render`,
gives the same page in one go. What changes more often than the rest of the page is in a hole, too.

`kept` keeps HTML that depends on a few values only, for ten minutes:

    {% kept "menu" user.pk user.username %}…{% endkept %}

Outside of holes the request and its user do not exist: reading them is an error, and so is a hole that comes twice. The
page is then rendered plainly, and the error is logged. In tests it is raised (`raises`). With DEBUG all pages are
rendered plainly, so that a changed template shows at once.
"""

import re
from functools import cache
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

import structlog
from django import template
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.base import VariableNode, render_value_in_context
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from config.caching.recent_values import RecentValues
from config.caching.shared_values import SharedValues
from config.web.context_processors import site

PERSONAL = ("user", "request", "messages", "csrf_token", "perms")
"""The variables of the context processors that differ between viewers."""
LIFETIME = 60
"""Seconds. A member's new picture may take this long to appear on pages of others."""
LOCAL_PAGES = 128
"""Pages that a process keeps, about 15 KB each."""
LOCAL_PARTS, KEPT_SECONDS = 2_000, 600
"""Parts that a process keeps by `kept`, about 1 KB each, and for how long."""
log = structlog.get_logger("folkmoot.holes")
register = template.Library()
raises = False
"""Whether errors are raised. Tests set it; what is kept is then rendered again and compared."""

# Random, so that no text of a member can contain it.
_MARK = token_hex(16)
_COLLECTED = "holes of this page"
_holes: dict[str, "HoleNode"] = {}
_pages: SharedValues[list[str | bytes], list[str | bytes]] = SharedValues("holes", LOCAL_PAGES, LIFETIME)
_parts: RecentValues[str] = RecentValues(LOCAL_PARTS, KEPT_SECONDS)


class HoleError(Exception):
    """A template reads what is personal outside of a hole, or has the same hole twice."""


def page(
    request: HttpRequest, name: str, shared: dict, personal: dict, key: str | None, *, is_linked: bool
) -> HttpResponse:
    """Answer with the template `name`. Its holes may use `personal` too.

    `key` names all that `shared` depends on. Without one the page is rendered plainly. Only pages that others link to
    go into Redis (`is_linked`). No Redis round trip if this process has the page, see `SharedValues.get`.
    """
    context = shared | personal
    if key is not None and not settings.DEBUG:
        try:
            hashed = blake2b(f"{release()}:{name}:{key}".encode(), digest_size=16).hexdigest()
            known = _pages.recent.get(hashed) if raises else None
            if known is not None and known != _render(name, shared, personal):
                raise HoleError(f"{name} shows more outside of its holes than its key names")
            pieces = _pages.get(hashed, lambda: (_render(name, shared, personal), is_linked))
            return HttpResponse(_fill(pieces, name, context, request))
        except HoleError:
            if raises:
                raise
            log.exception("page rendered plainly", template=name)
    return HttpResponse(get_template(name).render(context, request))


@cache
def release() -> str:
    """Hash all templates and the names of static files, so that a new release never shows old pages."""
    made = blake2b(digest_size=6)
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    templates = sorted(Path(settings.BASE_DIR / "templates").rglob("*.html"))
    for file in [*templates, *([manifest] if manifest.exists() else [])]:
        made.update(file.read_bytes())
    return made.hexdigest()


class Ready:
    """HTML that is ready to be sent, in pieces. In a hole of its own it is not decoded and encoded again."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._html = b"".join(pieces)

    def __bytes__(self) -> bytes:
        return self._html

    def __str__(self) -> SafeString:
        return mark_safe(self._html.decode())


class HoleNode(template.Node):
    """Renders its contents, or the place for them while the shared part of a page is rendered."""

    def __init__(self, name: str, contents: template.NodeList) -> None:
        self.name, self.nodelist = name, contents
        only = contents[0] if len(contents) == 1 else None
        self._variable = only.filter_expression if isinstance(only, VariableNode) else None
        _holes[name] = self

    def fill(self, context: template.Context) -> bytes:
        """Render the contents for one viewer."""
        if self._variable is None:
            return self.nodelist.render(context).encode()
        value = self._variable.resolve(context)
        return bytes(value) if isinstance(value, Ready) else render_value_in_context(value, context).encode()

    def render(self, context: template.Context) -> str:
        collected = context.get(_COLLECTED)
        if collected is None:
            return self.nodelist.render(context)
        collected.add_hole(self.name)
        return f"{_MARK}{self.name}{_MARK}"


@register.tag
def hole(parser, token):
    """Enclose what is personal: `{% hole "name" %}…{% endhole %}`. It can use the variables of the view, but not those
    of an enclosing `for`, `with` or `include`."""
    name = token.split_contents()[1].strip('"')
    contents = parser.parse(("endhole",))
    parser.delete_first_token()
    return HoleNode(f"{parser.origin.template_name}:{name}", contents)


class KeptNode(template.Node):
    """Renders its contents, or returns what it has rendered for the same values before. In tests it does both."""

    def __init__(self, name: str, values: list[template.base.FilterExpression], contents: template.NodeList):
        self.name, self.values, self.nodelist = name, values, contents

    def render(self, context: template.Context) -> str:
        if settings.DEBUG:
            return self.nodelist.render(context)
        key = (self.name, *(value.resolve(context) for value in self.values))
        html = _parts.get(key)
        if html is None:
            html = self.nodelist.render(context)
            if _MARK in html:
                raise HoleError(f"the part {self.name} contains a hole")
            _parts.put(key, html)
        elif raises and html != self.nodelist.render(context):
            raise HoleError(f"the part {self.name} depends on more than the values that it names")
        return html


@register.tag
def kept(parser, token):
    """Keep the enclosed HTML in this process: `{% kept "name" value value %}…{% endkept %}`.

    The values name all that it shows. Cheaper than Django's `cache`, which hashes the values and copies the text.
    """
    _, name, *values = token.split_contents()
    contents = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(
        f"{parser.origin.template_name}:{name}", [parser.compile_filter(each) for each in values], contents
    )


class _Collected:
    """Collects the holes of a page while it is rendered, and what is wrong with them."""

    def __init__(self) -> None:
        self.holes: set[str] = set()
        self.errors: list[str] = []

    def add_hole(self, name: str) -> None:
        if name in self.holes:
            self.errors.append(f"the hole {name} comes twice")
        self.holes.add(name)


class _Personal:
    """Stands for a personal variable outside of holes. Templates hide most exceptions, so it also notes the error."""

    def __init__(self, name: str, collected: _Collected) -> None:
        self._said = f"{name} is read outside of a hole", collected

    def _refuse(self, *arguments):
        sentence, collected = self._said
        collected.errors.append(sentence)
        raise HoleError(sentence)

    __getattr__ = __getitem__ = __str__ = __bool__ = __iter__ = __len__ = __eq__ = _refuse
    __hash__ = None


def _render(name, shared, personal):
    """Render the part that viewers share, as text, hole, text … text. Texts are bytes, holes have names."""
    collected = _Collected()
    absent = {each: _Personal(each, collected) for each in (*PERSONAL, *personal)}
    html = get_template(name).template.render(
        template.Context(site(None) | shared | absent | {_COLLECTED: collected}, use_l10n=False)
    )
    if collected.errors:
        raise HoleError("; ".join(sorted(set(collected.errors))))
    pieces: list[str | bytes] = re.split(f"{_MARK}(.+?){_MARK}", html)
    pieces[::2] = [piece.encode() for piece in pieces[::2]]
    return pieces


def _fill(pieces, name, context, request):
    whole = get_template(name).template
    out = pieces[:]
    # Numbers look the same in the one language of the site, but finding that out takes a twentieth of a page.
    filled = template.RequestContext(request, context, use_l10n=False)
    with filled.bind_template(whole):
        for at in range(1, len(out), 2):
            out[at] = _hole_of(out[at]).fill(filled)
    return b"".join(out)


def _hole_of(name):
    if name not in _holes:
        get_template(name.partition(":")[0])  # another process has rendered the page; parsing adds the hole
    return _holes[name]
