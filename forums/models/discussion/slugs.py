"""Makes the readable last part of a topic's URL."""

from django.utils.text import slugify

# The last parts of other URLs below a topic (forums/urls.py). A slug that equals one of them would lead there.
TAKEN = {
    "reply", "read", "seen", "changes", "lock", "unlock", "pin", "unpin", "move", "slow", "rename", "hide", "restore",
    "merge", "moderate", "report", "debate", "summary",
}  # fmt: skip


def slug_of(title: str) -> str:
    """Return the slug for `title`; "topic" if it has no ASCII letter."""
    slug = slugify(title)[:80].strip("-_") or "topic"
    return f"{slug}-topic" if slug in TAKEN else slug
