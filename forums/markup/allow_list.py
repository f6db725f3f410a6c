"""The allow-list for a comment's HTML. It is applied last, to everything that is stored."""

import nh3
from pygments.token import STANDARD_TYPES

from forums.markup.dialect.addresses import SCHEMES
from forums.markup.highlight import LANGUAGES
from forums.markup.pictures import key_of

TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "pre", "code", "div"),
    *("table", "thead", "tbody", "tr", "th", "td", "details", "summary", "input", "label"),
    *("a", "img", "span", "em", "strong", "s", "u", "sub", "sup", "kbd", "mark"),
}
# Only classes that this package writes, so that a comment cannot look like a part of the page.
CLASSES = {
    "a": {"mention", "picture"},
    "code": {f"language-{name}" for name in LANGUAGES},
    "details": {"spoiler"},
    "div": {"table-scroll"},
    "li": {"task-list-item"},
    "ol": {"contains-task-list"},
    "span": {"spoiler", *filter(None, STANDARD_TYPES.values())},
    "td": {"align-center", "align-right"},
    "th": {"align-center", "align-right"},
    "ul": {"contains-task-list"},
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
}
VALUES = {
    "details": {"open": {""}},
    "img": {"loading": {"lazy"}, "decoding": {"async"}},
    "input": {"checked": {""}, "type": {"checkbox"}, "disabled": {""}},
    "span": {"tabindex": {"0"}},
}
# Every input becomes a tick box that nobody can change or send.
ALWAYS = {"input": {"type": "checkbox", "disabled": ""}}
REMOVED_WITH_CONTENTS = {
    *("script", "style", "title", "template", "noscript"),
    *("svg", "math", "iframe"),
}


def acceptable(tag: str, attribute: str, value: str) -> str | None:
    """Return the value, or None to remove the attribute. Images are uploads; sizes and numbers must be numbers."""
    if attribute == "src":
        return value if key_of(value) else None
    if attribute in ("width", "height", "start"):
        return value if value.isascii() and value.isdigit() and len(value) < 6 else None
    return value


STRICT = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=REMOVED_WITH_CONTENTS,
    attributes=ATTRIBUTES,
    attribute_filter=acceptable,
    tag_attribute_values=VALUES,
    set_tag_attribute_values=ALWAYS,
    allowed_classes=CLASSES,
    url_schemes={*SCHEMES},
    link_rel="nofollow ugc noopener",
)


def only_allowed(html: str) -> str:
    """Remove everything that is not on the list. Applying it again changes nothing."""
    return STRICT.clean(html)
