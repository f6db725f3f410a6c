from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from forums.models.moderation.about_item import AboutItem, exactly_one

WORDS = 1000
"""The most characters of the text of a report or an appeal."""


class Report(AboutItem):
    """A member reports that an item breaks a rule. Constraints allow one report for each member and item."""

    case = models.ForeignKey("forums.Case", models.PROTECT, related_name="reports")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports_made", db_index=False
    )
    rule = models.ForeignKey("forums.Rule", models.PROTECT, related_name="+")
    words = models.TextField(max_length=WORDS, blank=True)
    was_trusted = models.BooleanField(default=False, help_text="Whether the member was trusted at that time.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=exactly_one(), name="report_about_one"),
            models.UniqueConstraint(fields=["by", "comment"], name="report_comment_once"),
            models.UniqueConstraint(fields=["by", "topic"], name="report_topic_once"),
            models.UniqueConstraint(fields=["by", "member"], name="report_member_once"),
        ]
        indexes = [
            models.Index(fields=["by", "-created_at", "-id"], name="report_own"),
            BrinIndex(fields=["created_at"], autosummarize=True, name="report_days"),
        ]

    def __str__(self):
        return f"{self.kind} {self.item_id}: {self.rule_id}"

    @property
    def item_id(self) -> int:
        return getattr(self, f"{self.kind}_id")
