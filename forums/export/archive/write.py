"""Writes the pages of the archive, one after the other, so that memory stays bounded."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from accounts.identity import avatars
from accounts.models import User
from forums.debates import panel
from forums.export.archive import paging, thread
from forums.export.archive.addresses import Addresses, Places
from forums.export.data.keyset import ROWS, grouped, pages
from forums.models import Category, Comment, FrontPage, Rule, Topic
from forums.models.notifications import mentions
from forums.reading import topic_panels

SHEETS = (
    "tokens", "base", "layout", "components/controls", "components/thread", "components/lists", "components/pages",
    "components/people", "components/poll", "components/debate", "components/moderation", "prose", "seldom",
)  # fmt: skip
FILES = ("fonts/vollkorn-600-latin.woff2", "fonts/vollkorn-OFL.txt", "img/logo.svg")
LISTED = 100
"""Topics on a page of a category, and the most on a member's page."""
LOADED = re.compile(r'<link rel="stylesheet"[^>]*>|<svg class="icon".*?</svg>', re.DOTALL)
"""Parts of the site's templates that load files of the site."""


class Archive:
    """The archive in `directory`, as `identifiers.viewer` sees the site, with the members whom `identifiers` named."""

    def __init__(self, directory: Path, identifiers, made_at):
        self.directory, self.identifiers, self.viewer = directory, identifiers, identifiers.viewer
        self.words = {"SITE_NAME": settings.SITE_NAME, "SITE_URL": settings.SITE_URL, "made_at": made_at}

    def write(self, progress: Callable[[str, int, int], None]) -> None:
        self._copy_static_files()
        topics = Topic.objects.visible_to(self.viewer)
        starts: dict[int, list[str]] = {}
        for some in pages(topics.only("last_seq")):
            for group in grouped(some):
                starts |= paging.starts(self.viewer, [topic.pk for topic in group])
        self.addresses = Addresses(self.viewer, self.identifiers.named_members, starts)
        self._write_community()
        total, done = topics.count(), 0
        for some in pages(topics.select_related("category__parent", "author")):
            for group in grouped(some):
                small = paging.load_whole(
                    self.viewer, [topic.pk for topic in group if topic.pk not in starts]
                )
                for topic in group:
                    progress("pages", done, total)
                    self._write_topic(topic, starts.get(topic.pk, []), small.get(topic.pk))
                    done += 1
        self._write_members()

    def _copy_static_files(self) -> None:
        for name in (*(f"css/{sheet}.css" for sheet in SHEETS), *FILES):
            target = self.directory / "static" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(finders.find(name), target)

    def _save(self, name: str, template: str, here: Places = MappingProxyType({}), **context) -> None:
        """Render a page. Its links start from a directory of the archive, or from the archive itself for the first."""
        shown = {"sheets": SHEETS, **self.words, **context}
        html = LOADED.sub("", render_to_string(f"forums/archive/{template}.html", shown))
        # Pages of the site leave only as much room as a script needs for "5 h ago".
        html = self.addresses.page(html.replace("<time datetime=", "<time data-exact datetime="), here)
        path = self.directory / name
        if path.parent == self.directory:
            html = html.replace('="../', '="')
        path.parent.mkdir(exist_ok=True)
        path.write_text(html, encoding="utf-8")

    def _write_community(self) -> None:
        front = FrontPage.objects.first() or FrontPage()
        welcome = mark_safe(mentions.render(front.welcome).html) if front.welcome.strip() else ""
        categories = list(Category.objects.visible_to(self.viewer).in_order())
        tree = [
            (category, [child for child in categories if child.parent_id == category.pk])
            for category in categories
            if category.parent_id is None
        ]
        self._save("index.html", "index", front=front, welcome=welcome, categories=tree)
        self._save("rules.html", "rules", rules=Rule.objects.in_force())
        for category in categories:
            self._write_category(category, [child for child in categories if child.parent_id == category.pk])

    def _write_category(self, category: Category, children: list[Category]) -> None:
        seen = Topic.objects.visible_to(self.viewer).filter(category=category)
        for number, (topics, is_last) in enumerate(_newest_first(seen.select_related("category", "author"))):
            facts = {"category": category, "children": children, "topics": topics}
            links = {
                "newer": _name(category.slug, number - 1),
                "older": "" if is_last else _name(category.slug, number + 1),
            }
            self._save(f"categories/{_name(category.slug, number)}", "category", **facts, **links)

    def _write_topic(self, topic: Topic, starts: list[str], whole: list[Comment] | None) -> None:
        """Write the pages of a topic. `whole` are the comments of a topic with one page."""
        sides = dict(topic.debate.sides.values_list("member", "stand")) if topic.debate_from else {}
        bounds = ["", *starts, None]
        for number in range(len(starts) + 1):
            first, end = bounds[number], bounds[number + 1]
            comments = whole or paging.load(self.viewer, topic.pk, first, end)
            here = {comment.pk: (comment.topic_id, comment.path) for comment in comments}
            opening, replies = thread.render(topic, comments, sides)
            context = {
                "topic": topic,
                "opening": opening,
                "replies": replies,
                "panels": "" if number else self._panels(topic),
                "newer": _name(topic.pk, number - 1),
                "older": "" if end is None else _name(topic.pk, number + 1),
            }
            self._save(f"topics/{_name(topic.pk, number)}", "topic", here, **context)

    def _panels(self, topic: Topic) -> SafeString:
        debate = panel.of(topic)
        shown = [] if debate is None else [f'<section class="debate">{panel.shared_html(debate)}</section>']
        if topic.panel_count:
            shown += [kind.page(topic, self.identifiers) for kind in topic_panels.exported()]
        return mark_safe("".join(shown))

    def _write_members(self) -> None:
        named = sorted(self.identifiers.named_members)
        for start in range(0, len(named), ROWS):
            some = User.objects.visible_to(self.viewer).among(named[start : start + ROWS]).with_rights()
            for member in some:
                topics = Topic.objects.visible_to(self.viewer).filter(author=member).order_by("-pk")
                newest = topics.select_related("category", "author")[:LISTED]
                self._save(f"members/{member.pk}.html", "member", member=member, topics=newest)
                drawn = self.directory / f"members/{member.pk}.svg"
                drawn.write_text(avatars.drawn(member.username), encoding="utf-8")


def _newest_first(topics) -> Iterator[tuple[list[Topic], bool]]:
    """Yield the topics in lists of LISTED, each with whether it is the last one. At least one list."""
    rows = topics.order_by("-pk")
    while True:
        some = list(rows[: LISTED + 1])
        yield some[:LISTED], len(some) <= LISTED
        if len(some) <= LISTED:
            return
        rows = topics.order_by("-pk").filter(pk__lt=some[LISTED - 1].pk)


def _name(of: int | str, number: int) -> str:
    """The file of a page, whose numbers begin at 0. Empty for the page before the first."""
    return "" if number < 0 else f"{of}{f'-{number + 1}' if number else ''}.html"
