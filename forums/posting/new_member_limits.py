"""Limits for new members, and which of their texts wait for a moderator."""

import re
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from config.caching.compiled_queries import compiled
from forums import markup
from forums.access.refusal import Refusal, Refused
from forums.models import Comment, PendingPost

DAY = timedelta(days=1)
LINK = re.compile(r'<(?:a [^>]*href|img [^>]*src)="((?:https?:)?//[^"]*|mailto:[^"]*)"')


def check(author, body: str, *, token, opens_topic: bool) -> str:
    """Return why a new text must wait for a moderator (one of `PendingPost.Why`), or "".

    Raises `Refused` over a limit. A text stored under the same `token` does not count, because a double click sends
    one text. At most two queries for a reply, three for a topic.
    """
    links = check_text(body)
    _check_day(author, token, opens_topic)
    if _is_among_first(author, token):
        return PendingPost.Why.FIRST
    return PendingPost.Why.LINKS if links and settings.HOLD_LINKS_OF_NEW else ""


def check_change(body: str, before: str) -> str:
    """Return why an edit to `body` must wait for a moderator, or "". `before` is the HTML before the edit."""
    added = check_text(body) - links_in(before)
    return PendingPost.Why.LINKS if added and settings.HOLD_LINKS_OF_NEW else ""


def check_text(body: str) -> set[str]:
    """Return the links in `body`. Raises `Refused` if it has too many links or mentions."""
    rendered = markup.render(body)
    links = links_in(rendered.html)
    if len(links) > settings.NEW_LINKS:
        most = _count(settings.NEW_LINKS, "link")
        raise _over_limit(
            f"New members may put {most} into a text, and this has {len(links)}. Please remove some."
        )
    if len(rendered.mentions) > settings.NEW_MENTIONS:
        most, found = _count(settings.NEW_MENTIONS, "member"), len(rendered.mentions)
        raise _over_limit(
            f"New members may mention {most} in a text, and this mentions {found}. Please remove some."
        )
    return links


def links_in(html: str) -> set[str]:
    """Return the addresses outside of this site that rendered HTML links to."""
    found = set(LINK.findall(html))
    return {address for address in found if not address.startswith(f"{settings.SITE_URL}/")}


def _check_day(author, token, opens_topic):
    if opens_topic and _has_reached(settings.NEW_TOPICS_A_DAY, author, token, only_topics=True):
        most = _count(settings.NEW_TOPICS_A_DAY, "topic")
        raise _over_limit(f"New members may open {most} a day. Please send this again tomorrow.")
    if _has_reached(settings.NEW_POSTS_A_DAY, author, token, only_topics=False):
        most = _count(settings.NEW_POSTS_A_DAY, "time")
        raise _over_limit(f"New members may post {most} a day. Please send this again tomorrow.")


def _has_reached(most, author, token, *, only_topics):
    sent = _sent_today(author.pk, only_topics, str(most))
    return len([each for each in sent if each != token]) >= most


@compiled
def _sent_today(author, only_topics, most):
    """Return tokens of posted and of other sent texts, at most `most` + 1 of each: the caller ignores one.

    Deleted, refused and withdrawn texts count. Otherwise members could send and delete without end.
    """
    posted = Comment.objects.filter(author=author, created_at__gte=Now() - DAY)
    others = PendingPost.objects.filter(author=author, comment=None, at__gte=Now() - DAY)
    if only_topics:
        posted, others = posted.filter(seq=1), others.filter(topic=None)
    posted, others = (each.order_by().values_list("token", flat=True) for each in (posted, others))
    return posted[: int(most) + 1].union(others[: int(most) + 1], all=True)


def _is_among_first(author, token):
    first = settings.HOLD_FIRST_POSTS
    return bool(first) and author.comments.readable().exclude(token=token)[:first].count() < first


def _count(number, thing):
    return f"{number} {thing}{'' if number == 1 else 's'}" if number else f"no {thing}s"


def _over_limit(sentence):
    return Refused(Refusal.OVER_LIMIT, sentence)
