"""Lists of topics: which, in which order, a page at a time."""

from functools import cached_property
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.urls import reverse

from config.caching import cache_tags
from config.caching.compiled_queries import compiled
from forums.listing import categories, category_watches
from forums.listing.paging import NEWEST, SIZE, Pages, compiled_pages
from forums.models import Category, Topic
from forums.models.discussion.topic_queries import PERIODS
from forums.models.personal.watch import Watch

Level = Watch.Level

# The key of each list, its name on pages, and the two columns that order it.
LISTS = {
    "latest": ("Latest", ["-last_comment_at", "-pk"]),
    "new": ("New", NEWEST),
    "top": ("Top", ["-score", "-pk"]),
    "unanswered": ("Unanswered", NEWEST),
    "mine": ("Mine", ["-last_comment_at", "-pk"]),
    "watched": ("Watched", ["-last_comment_at", "-pk"]),
}
VIEW, COMPACT = "list_view", "compact"
"""The cookie with the reader's choice, and its value for one line for each topic, with pictures of the participants."""
FOR_MEMBERS = {"mine", "watched"}


def tags(request) -> list[str]:
    """Return the cache tags of the requested list. Only the order of "top" depends on scores."""
    return [cache_tags.LISTS, cache_tags.SCORES] if request.GET.get("list") == "top" else [cache_tags.LISTS]


class TopicList:
    """A page with a list of topics. One query, two for a tag, and one more if categories are not cached.

    Raises `BadRequest` for an unknown list or period.
    """

    def __init__(self, request, category=None, tag=""):
        self.request, self.user, self.category, self.tag = request, request.user, category, tag
        self.is_compact = request.COOKIES.get(VIEW) == COMPACT
        self.name = request.GET.get("list", "latest")
        self.period = request.GET.get("period", "week")
        if self.name not in dict(self.tabs) or self.period not in PERIODS:
            raise BadRequest("There is no such list of topics. Please choose one of the tabs.")

    @property
    def is_linked(self) -> bool:
        """Whether this is the first page of a list, at an address that pages link to. Later pages are not cached."""
        return self.request.GET.keys() <= {"list", *(["period"] if self.name == "top" else [])}

    def shared(self, base: str) -> dict:
        """Return what viewers with the same rights share of the list at the address `base`, for its templates."""
        return {
            "base": base,
            "name": self.name,
            "tabs": self.tabs,
            "period": self.period,
            "periods": list(PERIODS),
            "categories": self.categories,
            "category_key": self.category_key,
            "is_member": self.user.is_authenticated,
            "is_first": not self.request.GET.get("before"),
        }

    def cache_key(self, *shown) -> str | None:
        """Name all that `shared` shows, and what else the page has `shown`. None for a page that is not cached."""
        if not self.is_linked:
            return None
        return repr((self.name, self.period, self.user.is_authenticated, self.category_key, shown))

    @property
    def other_view(self) -> str:
        """The address that chooses the other view, and leads back to this page."""
        view = "full" if self.is_compact else COMPACT
        return f"{reverse('list-choose', args=[view])}?{urlencode({'next': self.request.get_full_path()})}"

    @property
    def tabs(self) -> list[tuple[str, str]]:
        """Keys and names of the lists that the viewer has. Some are only for members."""
        member = self.user.is_authenticated
        return [(key, name) for key, (name, _) in LISTS.items() if member or key not in FOR_MEMBERS]

    @cached_property
    def pages(self) -> Pages:
        order = LISTS[self.name][1]
        if self.tag:  # not compiled, because each tag is another statement
            return Pages(self.request, _topics(*self._selection).tagged(self.tag), order)
        if self._begins_with_pinned:
            return Pages(self.request, None, order, first=self._pinned_and_latest[1])
        return _pages[self.name](self.request, *self._selection)

    @cached_property
    def pinned(self) -> list:
        """The rows of pinned topics, above the first page of "latest"."""
        if not self._begins_with_pinned:
            return []
        if self.tag:
            return list(_pinned(*self._selection).tagged(self.tag))
        return self._pinned_and_latest[0]

    @property
    def _begins_with_pinned(self) -> bool:
        return self.name == "latest" and not self.request.GET.get("before")

    @cached_property
    def _pinned_and_latest(self) -> tuple[list, list]:
        """The pinned topics, and the first page of the others with one more row. One query."""
        rows = _pinned_and_others(*self._selection)
        pinned = [row for row in rows if row.pinned_at]
        others = [row for row in rows if not row.pinned_at]
        # Postgres keeps the order of the two parts, but does not promise it.
        return pinned, sorted(others, key=lambda row: (row.last_comment_at, row.pk), reverse=True)

    @property
    def _selection(self) -> tuple:
        """The arguments of `_topics`."""
        return (
            self.user, self.name, self.period if self.name == "top" else "", self._category_id, self._left_out,
            tuple(self._muted_tags), self._watched, self._watched_tags, self.is_compact,
        )  # fmt: skip

    @cached_property
    def _tree(self) -> categories.Tree:
        return categories.tree_with_key(self.user)

    @property
    def categories(self) -> list[tuple[Category, list[Category]]]:
        return self._tree.top

    @cached_property
    def left_out(self) -> list[Category]:
        """The muted categories, whose topics "latest" leaves out. Lists of a category or tag leave out nothing."""
        if self.category or self.tag or self.name != "latest" or not category_watches.levels(self.user):
            return []
        return category_watches.chosen_in(self.user, self.categories, {Level.MUTED})

    @cached_property
    def left_out_tags(self) -> list[str]:
        """The muted tags, whose topics "latest" leaves out, too."""
        if self.category or self.tag or self.name != "latest":
            return []
        return self._tags_with({Level.MUTED})

    @property
    def category_key(self) -> str:
        """Stands for all that pages show of the categories that the viewer sees."""
        return self._tree.key

    @property
    def within(self) -> list[int | str] | None:
        """The categories and tags ("#garden") whose new topics belong to this list; None for all."""
        found = None
        if self.category:
            below = next((children for each, children in self.categories if each.pk == self.category.pk), ())
            found = [each.pk for each in (self.category, *below)]
        if self.name == "watched":
            found = [pk for pk in self._watched if found is None or pk in found]
            if not self.category:
                found += [f"{category_watches.TAG}{name}" for name in self._watched_tags]
        return [f"{category_watches.TAG}{self.tag}"] if self.tag else found

    @property
    def _watched(self):
        """The categories that the viewer watches or follows, for the list of what they watch."""
        if self.name != "watched":
            return ()
        chosen = category_watches.chosen_in(self.user, self.categories, {Level.WATCHING, Level.FOLLOWING})
        return tuple(each.pk for each in chosen)

    @property
    def _watched_tags(self):
        return tuple(self._tags_with({Level.WATCHING, Level.FOLLOWING})) if self.name == "watched" else ()

    @property
    def _muted_tags(self):
        """The muted tags, as far as the list depends on them."""
        return self._tags_with({Level.MUTED}) if self.name == "watched" else self.left_out_tags

    def _tags_with(self, wanted: set[str]) -> list[str]:
        chosen = category_watches.tag_levels(self.user).items()
        return sorted(name for name, level in chosen if level in wanted)

    @property
    def _category_id(self):
        return self.category and self.category.pk

    @property
    def _left_out(self):
        return tuple(each.pk for each in self.left_out)


def _topics(viewer, name, period, category, left_out, muted_tags, watched, watched_tags, is_compact):
    """Select the rows of the list `name`. Categories are ids, tags are names."""
    topics = _visible(viewer, category, left_out, () if name == "watched" else muted_tags, is_compact)
    if name == "latest":
        topics = topics.filter(pinned_at=None)
    elif name == "top":
        topics = topics.created_within(period)
    elif name == "unanswered":
        topics = topics.unanswered()
    elif name == "mine":
        topics = topics.with_part_of(viewer)
    elif name == "watched":
        topics = topics.watched_by(viewer, watched, watched_tags, muted_tags)
    return topics.rows()


_pages = {name: compiled_pages(_topics, order) for name, (_, order) in LISTS.items()}


def _pinned(viewer, name, period, category, left_out, muted_tags, watched, watched_tags, is_compact):
    return _visible(viewer, category, left_out, muted_tags, is_compact).filter(pinned_at__isnull=False).rows()


@compiled
def _pinned_and_others(*selection):
    latest = _topics(*selection).order_by(*LISTS["latest"][1])[: SIZE + 1]
    return _pinned(*selection).union(latest, all=True)


def _visible(viewer, category, left_out, left_out_tags, is_compact):
    """Select the topics of a category and its children, or of all but `left_out` and `left_out_tags`.

    Categories are given by their ids, tags by their names.
    """
    topics = Topic.objects.for_list(viewer).outside_of(left_out).without_tags(left_out_tags)
    if is_compact:
        topics = topics.with_people()
    return topics.of_category(category) if category else topics
