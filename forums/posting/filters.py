"""Applies the site's word filters to a text before it is posted."""

import time
from typing import NamedTuple

from django.conf import settings

from config.caching import cache_tags
from forums.models import Filter
from forums.models.moderation import patterns

BUDGET = 0.5
"""Seconds of processor time for one text. If that is too short for all filters, a moderator decides."""
LONGEST_TITLE = 200
NOTHING_LEFT = "***"
"""Replaces a text of which a filter has left nothing."""


class Verdict(NamedTuple):
    """The filtered text, and the words that a filter of each kind found; "" for none."""

    title: str
    body: str
    blocked: str = ""
    held: str = ""
    flagged: str = ""


class CompiledFilter(NamedTuple):
    does: str
    is_for_new: bool
    replacement: str
    expressions: list[patterns.Expression]


class _OutOfTime(Exception):
    pass


def judge(title: str, body: str, *, is_new: bool) -> Verdict:
    """Apply all filters to a text. No query while this process has them compiled."""
    until, text, found = time.thread_time() + BUDGET, f"{title}\n{body}", {}
    for each in _compiled_filters():
        if each.is_for_new and not is_new:
            continue
        try:
            if each.does == Filter.Does.REPLACE:
                title, body = (_replaced(each, part, until) for part in (title, body))
            elif each.does not in found and (match := _first(each, text, until)):
                found[each.does] = match
        except _OutOfTime:
            found.setdefault(Filter.Does.HOLD, "(too much to look through)")
            break
    blocked, held, flagged = (found.get(does, "") for does in ("block", "hold", "flag"))
    return Verdict(title[:LONGEST_TITLE], body, blocked, held, flagged)


def _first(compiled, text, until):
    return next((match for each in _in_time(compiled, until) if (match := each.find(text))), "")


def _replaced(compiled, text, until):
    for each in _in_time(compiled, until):
        text = text and (each.replace(text, compiled.replacement) or NOTHING_LEFT)
    return text


def _in_time(compiled, until):
    for each in compiled.expressions:
        if time.thread_time() > until:
            raise _OutOfTime
        yield each


# The filters that this process has compiled, and the cache tag under which they were read.
_cached: tuple[str, list[CompiledFilter]] = ("", [])


def _compiled_filters() -> list[CompiledFilter]:
    global _cached
    if not settings.FILTERS:
        return []
    marks = cache_tags.read(cache_tags.FILTERS)
    mark, compiled = _cached
    if marks is None or mark != marks[0]:
        compiled = [_compiled(each) for each in Filter.objects.filter(is_active=True)]
        _cached = (marks[0] if marks else "", compiled)
    return compiled


def _compiled(each):
    lines = [patterns.compile(line, is_pattern=each.is_pattern) for line in each.each]
    return CompiledFilter(each.does, each.whom == Filter.Whom.NEW, each.replacement, lines)
