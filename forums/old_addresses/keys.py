"""Reads addresses of Discourse, Stack Exchange, phpBB and archives of mailing lists. Pure functions.

A key is the short form of all addresses of one thing: `t/385/4` for `/t/which-trees/385/4`. Importers store the keys,
redirects and links look them up. The keys of different software never collide.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

DISCOURSE_TOPIC = re.compile(r"/t/(?:[^/]+/)?([0-9]{1,9})(?:/([0-9]{1,6}))?")
# `/t/2020/385` is post 385 of topic 2020, or topic 385 with the title "2020". Discourse takes the first, too.
DISCOURSE_SHORT = re.compile(r"/t/([0-9]{1,9})(?:/([0-9]{1,6}))?")
DISCOURSE_POST = re.compile(r"/p/([0-9]{1,9})(?:/[0-9]+)?")
DISCOURSE_CATEGORY = re.compile(r"/c/(?:[^/]+/)*([0-9]{1,9})(?:/l/[a-z]+)?")
DISCOURSE_MEMBER = re.compile(r"/(?:u|users)/([\w.-]{1,60})(?:/.*)?")
STACK_POST = re.compile(r"/(?:q|a|questions|posts)/([0-9]{1,9})(?:/([^/]*)(?:/([0-9]{1,9}))?)?")
STACK_COMMENT = re.compile(r"comment[0-9]+_([0-9]{1,9})")
STACK_MEMBER = re.compile(r"/users/([0-9]{1,9})(?:/[^/]*)?")
PHPBB_PAGE = re.compile(r"(?:/[^/]+)*/(viewtopic|viewforum|memberlist)\.php")
PHPBB_POST = re.compile(r"p([0-9]{1,9})")
LIST = re.compile(
    r"(?:/[^/]+)*/(?:pipermail|archives|private)/([\w.+-]{1,60})"
    r"(?:/([0-9]{4}(?:-[A-Z][a-z]{2,8}|q[1-4])?|[0-9]{8}|Week-of-Mon-[0-9]{8}))?"
    r"(?:/(?:([0-9]{1,9})|thread|date|subject|author|index)\.html)?"
)
"""A page of pipermail: a mail, an index of a month, quarter, year, week or day, or the list."""
LIST_INFO = re.compile(r"/mailman/listinfo(?:\.cgi)?/([\w.+-]{1,60})")
HYPERKITTY = re.compile(
    r"(?:/[^/]+)*/list/([\w.+-]{1,60})@[\w.-]+(?:/(?:latest|(?:message|thread)/([A-Z2-7]{32})|([0-9]{4}/[0-9]{1,2})))?"
)
MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]


def host_of(address: str | None) -> str:
    """Return the host in lower case, without the port; "" if there is none."""
    try:
        return (urlsplit(address or "").hostname or "").rstrip(".")
    except ValueError:
        return ""


def read(path: str, query: str = "", fragment: str = "") -> list[str]:
    """Return the keys that an address may have, the most precise first. Empty if it is no page of such a thing.

    A post that is missing leads to its topic.
    """
    return list(dict.fromkeys(_keys(unquote(path).rstrip("/"), query, fragment)))


def _keys(path: str, query: str, fragment: str) -> Iterator[str]:
    if found := DISCOURSE_SHORT.fullmatch(path) or DISCOURSE_TOPIC.fullmatch(path):
        yield from _discourse(found[1], found[2])
    elif found := DISCOURSE_POST.fullmatch(path):
        yield f"p/{found[1]}"
    elif found := DISCOURSE_CATEGORY.fullmatch(path):
        yield f"c/{found[1]}"
    elif path == "/questions":
        yield "questions"
    elif found := STACK_POST.fullmatch(path):
        answer = STACK_COMMENT.fullmatch(fragment)
        yield from (f"q/{number}" for number in (answer and answer[1], found[3], found[1]) if number)
    elif found := PHPBB_PAGE.fullmatch(path):
        yield from _phpbb(found[1], parse_qs(query), PHPBB_POST.fullmatch(fragment))
    elif found := HYPERKITTY.fullmatch(path):
        yield f"mail/{found[2]}" if found[2] else f"list/{found[1].lower()}"
    elif found := LIST.fullmatch(path) or LIST_INFO.fullmatch(path):
        if found.re is LIST and found[3]:
            yield f"list/{found[1].lower()}/{int(found[3])}"
        yield f"list/{found[1].lower()}"
    else:
        if found := STACK_MEMBER.fullmatch(path):
            yield f"users/{found[1]}"
        if found := DISCOURSE_MEMBER.fullmatch(path):
            yield f"u/{found[1].lower()}"


def _discourse(topic: str, post: str | None) -> Iterator[str]:
    if post and post != "1":
        yield f"t/{topic}/{post}"
    yield f"t/{topic}"


def _phpbb(page: str, query: dict[str, list[str]], post: re.Match | None) -> Iterator[str]:
    if page == "viewtopic" and post:
        yield f"p={post[1]}"
    for name in {"viewtopic": "pt", "viewforum": "f", "memberlist": "u"}[page]:
        for number in query.get(name, ())[:1]:
            if re.fullmatch(r"[0-9]{1,9}", number):
                yield f"{name}={number}"


def kind(key: str) -> str:
    """Return to what a key leads: member, category or comment. A topic is its opening."""
    if key.startswith(("u/", "u=", "users/")):
        return "member"
    is_list = key.startswith("list/") and key.count("/") == 1
    return "category" if is_list or key.startswith(("c/", "f=", "questions")) else "comment"


def period(path: str) -> tuple[date, date] | None:
    """Return the days of a page in the archive of a mailing list: the first one, and the first one after it.

    None for pages of other things, and for all of a list.
    """
    path = unquote(path).rstrip("/")
    try:
        if (found := HYPERKITTY.fullmatch(path)) and found[3]:
            year, month = map(int, found[3].split("/"))
            return _months(year, month, 1)
        if (found := LIST.fullmatch(path)) and found[2]:
            return _volume(found[2])
    except (ValueError, OverflowError):  # there is no such month or day
        pass
    return None


def _volume(name: str) -> tuple[date, date]:
    year, rest = name[:4], name[4:].lstrip("-")
    if rest.isalpha():
        return _months(int(year), MONTHS.index(rest) + 1, 1)
    if rest.startswith("q"):
        return _months(int(year), 3 * int(rest[1]) - 2, 3)
    if not rest:
        return _months(int(year), 1, 12)
    first = date.fromisoformat(name[-8:])
    return first, first + timedelta(days=7 if name.startswith("Week") else 1)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    after = month - 1 + count
    return date(year, month, 1), date(year + after // 12, after % 12 + 1, 1)
