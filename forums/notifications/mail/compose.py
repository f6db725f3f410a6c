"""Composes the message of an outgoing mail. Leaves out what the member has read, muted or may no longer see by now."""

import re
from collections import defaultdict
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from forums import markup
from forums.markup import size
from forums.models import Comment, Notification, OutgoingMail, Record, Topic
from forums.notifications import inbox
from forums.notifications.mail import digest_sections, unsubscribing
from forums.notifications.preferences import WatchLevels, may_reach
from forums.notifications.schedule import URGENT, Pace, wants

MAX_TOPICS = 20
MAX_NOTIFICATIONS = 5
"""Notifications shown for each topic. The others are counted, and are on the site."""
EXCERPT = 1_000
"""Characters of each text. Most comments are shorter."""
BYTES = 40_000
"""Bytes of excerpts after which a mail has no further topics. Some mail programs cut mails of 100 KB, with two versions
of each text."""
SUBJECT = 180
"""Characters."""


class Part(NamedTuple):
    """The notifications of a mail about one topic, or one notification that stands alone."""

    topic: Topic | None
    notifications: list[Notification]

    @property
    def shown(self) -> list[Notification]:
        return self.notifications[:MAX_NOTIFICATIONS]

    @property
    def more(self) -> int:
        return len(self.notifications) - len(self.shown)


def write(mail: OutgoingMail) -> EmailMultiAlternatives | None:
    """Compose the message. Returns None if no notification is left for it.

    Six queries, one more if something has ended, and those of the sections of a digest.
    """
    member = User.objects.mailable().with_rights().filter(pk=mail.member_id).first()
    notifications = _unread_notifications(member, mail) if member else []
    if not notifications:
        return None
    inbox.name_items(notifications, member)
    parts = _parts(notifications)
    shown = _within_bytes(parts[:MAX_TOPICS])
    is_digest = member.email_pace != Pace.AT_ONCE and any(note.kind not in URGENT for note in notifications)
    kinds = [unsubscribing.EVERYTHING] if is_digest else unsubscribing.kinds_of(notifications)
    context = {
        "member": member,
        "parts": shown,
        "more_topics": len(parts) - len(shown),
        "heading": _heading(member, parts, notifications, is_digest),
        "is_digest": is_digest,
        "sections": digest_sections.of(member) if is_digest else [],
        "site": settings.SITE_URL,
        "SITE_NAME": settings.SITE_NAME,
        "head": _head(notifications),
        "records": settings.SITE_URL + reverse("record-list"),
        "inbox": settings.SITE_URL + reverse("notification-list"),
        "preferences": settings.SITE_URL + reverse("settings-preferences"),
        "unsubscribe": settings.SITE_URL + unsubscribing.path(member.pk, kinds),
        "kinds": [unsubscribing.WORDS[kind] for kind in kinds],
    }
    with timezone.override(ZoneInfo(member.time_zone)):
        text = re.sub(r"\n{3,}", "\n\n", render_to_string("emails/notifications.txt", context)).strip() + "\n"
        html = render_to_string("emails/notifications.html", context)
    topic = parts[0].topic if len(parts) == 1 and not is_digest else None
    subject = f"[{settings.SITE_NAME}] {topic.title if topic else context['heading']}"
    message = EmailMultiAlternatives(
        _line(subject), text, to=[member.email], headers=_headers(mail, topic, context["unsubscribe"])
    )
    message.attach_alternative(html, "text/html")
    return message


def _head(notifications):
    """Return the newest record, if the mail says that something has ended. One query then.

    It is made before the mail, seconds after the end. So members keep a hash that covers what they voted on.
    """
    has_ended = any(note.kind == Notification.Kind.ENDED for note in notifications)
    return Record.objects.links().last() if has_ended else None


def _unread_notifications(member, mail):
    unread = inbox.visible(member).filter(pk__in=mail.notifications, read_at=None)
    found = list(inbox.with_items(unread).order_by("pk"))
    levels = WatchLevels(found, member)
    return [
        note
        for note in found
        if wants(member, note.kind)
        and (note.kind == Notification.Kind.MODERATED or not member.is_suspended)
        and note.actor_id not in member.ignored_ids
        and may_reach(levels.of(note).get(member.pk), note.kind)
    ]


def _parts(notifications):
    """Group notifications by topic, in the order of the first of each."""
    parts = defaultdict(list)
    for note in notifications:
        alone = note.topic is None or note.kind == Notification.Kind.MODERATED
        parts[note.pk if alone else note.topic].append(note)
    return [
        Part(key if isinstance(key, Topic) else None, notifications) for key, notifications in parts.items()
    ]


def _within_bytes(parts):
    """Keep the first parts, until their excerpts reach BYTES. Loads the texts of these only."""
    notes = [note for part in parts for note in part.shown if note.shows_text]
    texts = dict(
        Comment.objects.filter(pk__in=[note.comment_id for note in notes])
        .beginnings()
        .values_list("pk", "beginning")
    )
    for note in notes:
        note.excerpt = markup.excerpt(texts[note.comment_id], EXCERPT)
    return size.within(
        parts, BYTES, lambda part: sum(size.size(note.excerpt) for note in part.shown if note.shows_text)
    )


def _heading(member, parts, notifications, is_digest):
    if len(notifications) == 1 and notifications[0].words:
        title = getattr(notifications[0], "title", "")
        return f"{notifications[0].words} “{title}”" if title else notifications[0].words
    topics = sum(part.topic is not None for part in parts)
    there = (
        f"{len(notifications)} new in {topics} topic{'' if topics == 1 else 's'}"
        if topics
        else f"{len(notifications)} new"
    )
    if not is_digest:
        return there
    return f"Your {'week' if member.email_pace == Pace.WEEKLY else 'day'}: {there}"


def _headers(mail, topic, unsubscribe):
    host = urlsplit(settings.SITE_URL).hostname
    headers = {
        # The same for every attempt, so that mail programs can recognise a mail that arrives twice.
        "Message-ID": f"<letter-{mail.pk}.{mail.created_at:%Y%m%d%H%M%S%f}@{host}>",
        "List-Id": f"<notifications.{host}>",
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if topic:
        headers["In-Reply-To"] = headers["References"] = f"<topic-{topic.pk}@{host}>"
    return headers


def _line(text):
    """Make one header line of at most SUBJECT characters, without control or invisible characters."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(plain.split())
    return line if len(line) <= SUBJECT else f"{line[: SUBJECT - 1]}…"
