"""The readable ends of topics' addresses."""

from django.utils.text import slugify

# The last words of other addresses of a topic (forums/urls.py): a title that is one of them would lead there.
TAKEN = {
    "reply", "read", "seen", "changes", "lock", "unlock", "pin", "unpin", "move", "slow", "rename", "hide", "restore",
    "merge", "moderate", "report", "debate", "summary",
}  # fmt: skip


def slug_of(title: str) -> str:
    """The readable end of a topic's address; "topic" where no letter of it is ASCII."""
    slug = slugify(title)[:80].strip("-_") or "topic"
    return f"{slug}-topic" if slug in TAKEN else slug
