from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html

from config.processes import task_queue
from forums.markup.element_tree import Element, parse
from forums.models.pictures.tries import TriedQuerySet

TASK = "forums.tasks.fetch_previews"
MOST = 5
"""Previews in one comment."""
FRESH = timedelta(days=1)
"""The preview of an address is used for other comments, too, while it is not older."""
CLASS = "link-preview"


class LinkPreviewQuerySet(TriedQuerySet):
    def claim(self, comment, html: str) -> None:
        """Have the pages previewed to which a new text links. No query for a text without such links."""
        addresses = (
            [address for address in _places(html) if len(address) <= 2000] if settings.LINK_PREVIEWS else []
        )
        if addresses:
            had = set(self.filter(comment=comment).values_list("address", flat=True))
            new = [address for address in addresses if address not in had][: max(0, MOST - len(had))]
            rows = [LinkPreview(comment=comment, address=address) for address in new]
            self.bulk_create(rows, ignore_conflicts=True)
            task_queue.start_on_commit(TASK)

    def place(self, html: str, comment) -> str:
        """Return `html` with the previews that are ready behind their links. One query, none without such links."""
        addresses = _places(html)
        if not addresses:
            return html
        ready = self.filter(comment=comment, address__in=addresses, state=LinkPreview.State.READY)
        shown = {preview.address: preview for preview in ready}
        tree = parse(html)
        tree.children = [each for each in tree.children if isinstance(each, str) or CLASS not in each.classes]
        placed = []
        for child in tree.children:
            placed.append(child)
            if (preview := shown.pop(_address_in(child) or "", None)) is not None:
                placed.append(preview.html)
        tree.children = placed
        return tree.html()


class LinkPreview(models.Model):
    """The title and the description of another page, shown below a link that stands alone in a comment.

    Its author can remove it. The text of the page is shown as text; nothing is loaded from the other site.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        READY = "ready"
        NOTHING = "nothing"
        REMOVED = "removed"

    comment = models.ForeignKey("forums.Comment", models.CASCADE, related_name="previews")
    address = models.CharField(max_length=2000)
    title = models.CharField(max_length=120, blank=True)
    description = models.CharField(max_length=200, blank=True)
    site = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = LinkPreviewQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "address"], name="link_preview_once")]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="pending"), name="link_preview_pending"),
            models.Index(fields=["address"], condition=Q(state="ready"), name="link_preview_ready"),
        ]

    def __str__(self):
        return self.title or self.address

    @property
    def html(self) -> str:
        words = format_html("<br>{}", self.description) if self.description else ""
        return format_html(
            '<div class="{}"><a href="{}" rel="nofollow ugc noopener">{}</a>{}<br><small>{}</small></div>',
            CLASS, self.address, self.title, words, self.site,
        )  # fmt: skip


def _places(html: str) -> list[str]:
    """Return the addresses of links that stand alone in a paragraph and are written as their address, each once."""
    if '<p><a href="http' not in html:
        return []
    return list(dict.fromkeys(filter(None, map(_address_in, parse(html).children))))


def _address_in(node: Element | str) -> str | None:
    if isinstance(node, str) or node.tag != "p" or len(node.children) != 1:
        return None
    link = node.children[0]
    if isinstance(link, str) or link.tag != "a" or link.classes:
        return None
    address = link.attributes.get("href", "")
    is_bare = address.removesuffix("/") == link.text().strip().removesuffix("/")
    is_other = address.startswith(("http://", "https://")) and not address.startswith(f"{settings.SITE_URL}/")
    return address if is_bare and is_other else None
