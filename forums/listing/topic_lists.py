"""Lists of topics: which, in which order, a page at a time."""

from functools import cached_property
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.urls import reverse

from config.caching import cache_tags
from forums.listing import categories, category_watches, topic_rows
from forums.listing.paging import NEWEST, Pages
from forums.models import Category
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
        if self._is_first and not self.tag:
            return Pages(self.request, None, order, first=self._first_page.others)
        # Not compiled, because each tag and each page is another statement.
        found = topic_rows.of(*self._selection)
        return Pages(self.request, found.tagged(self.tag) if self.tag else found, order)

    @cached_property
    def pinned(self) -> list:
        """The rows of pinned topics, above the first page of "latest"."""
        if self.name != "latest" or not self._is_first:
            return []
        if self.tag:
            return list(topic_rows.pinned(*self._selection).tagged(self.tag))
        return self._first_page.pinned

    @property
    def _is_first(self) -> bool:
        return not self.request.GET.get("before")

    @cached_property
    def _first_page(self) -> topic_rows.FirstPage:
        return topic_rows.first_page(tags(self.request), LISTS[self.name][1][0], *self._selection)

    @property
    def _selection(self) -> tuple:
        """The arguments of `topic_rows.of`."""
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
