"""Links mentions to the ids of members, so that a link never leads to a later owner of the name."""

from collections.abc import Iterable

from accounts.models import User
from forums import markup
from forums.markup import Rendered
from forums.models.pictures.picture import Picture


def render(body: str) -> Rendered:
    """Render Markdown as `markup.render` does, with mentions of members only, and with uploads that are ready.

    One query for mentions, and one for uploads.
    """
    rendered = markup.render(body)
    names = markup.names(rendered.html)
    ids = _ids_of(names)
    html = Picture.objects.place(markup.link_names(rendered.html, ids))
    return rendered._replace(html=html, mentions=rendered.mentions & ids.keys())


def link(texts: Iterable[str]) -> list[str]:
    """Return the HTML of several texts with their mentions linked. One query, none without mentions."""
    texts = list(texts)
    ids = _ids_of({name for html in texts for name in markup.names(html)})
    return [markup.link_names(html, ids) for html in texts]


def _ids_of(names: Iterable[str]) -> dict[str, int]:
    names = set(names)
    return User.objects.confirmed().filter(deleted_at=None).ids_of(names) if names else {}
