from django.conf import settings
from django.db import models

from forums.models.notifications import outbox
from forums.models.notifications.notification import Notification

REMINDED, ENDED = Notification.Kind.REMINDED, Notification.Kind.ENDED
WORDS = {
    "near": (REMINDED, "The debate “{title}” begins at {start:%H:%M} UTC."),
    "begun": (REMINDED, "The debate “{title}” has begun."),
    "moved": (REMINDED, "The debate “{title}” now begins on {start:%-d %B %Y at %H:%M} UTC."),
    "cancelled": (REMINDED, "The debate “{title}” has been called off."),
    "ended": (ENDED, "The debate “{title}” is over. See how opinion moved."),
}


class Reminder(models.Model):
    """A member's wish to be notified before a debate begins, when it begins, and if it is moved or called off."""

    debate = models.ForeignKey("forums.Debate", models.CASCADE, related_name="reminders", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["debate", "member"], name="reminder_once")]


def notify(debate, event: str) -> None:
    """Notify the members who asked to be reminded, and at the end also those who took a side.

    At most two queries, and one statement if there is any such member.
    """
    members = set(debate.reminders.values_list("member", flat=True))
    address = f"{debate.topic.get_absolute_url()}#debate"
    if event == "ended":
        members |= set(debate.sides.values_list("member", flat=True))
        address = debate.summary_address
    if members:
        kind, words = WORDS[event]
        said = {"words": words.format(title=debate.topic.title, start=debate.starts_at), "address": address}
        once = f"debate {debate.name} {event} {debate.revision}"
        outbox.notify(sorted(members), kind=kind, once=once, topic=debate.topic, **said)
