from django.db import models

from config import stamps
from forums import statements


class RuleQuerySet(models.QuerySet):
    def in_force(self):
        """Keep the active rules, in the order of the rules page."""
        return self.filter(is_active=True).order_by("position", "pk")


class Rule(models.Model):
    """A rule of the site. Reports and acts of moderation name one.

    A rule that a report or an act names cannot be deleted. It is taken out of force instead, so that the log stays
    true.
    """

    position = models.PositiveSmallIntegerField(default=0, help_text="Its number on the rules page.")
    title = models.CharField(max_length=80, help_text='A few words that can follow "Hidden by a moderator:".')
    text = models.TextField(max_length=2000)
    statement_category = models.CharField(
        max_length=80, choices=statements.CATEGORIES, default=statements.OTHER,
        help_text="Its category in the EU's DSA Transparency Database; used by export_moderation.",
    )  # fmt: skip
    is_active = models.BooleanField("in force", default=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def save(self, *args, **kwargs):
        """Save, then invalidate the pages that show rules."""
        super().save(*args, **kwargs)
        stamps.touch(stamps.LISTS)

    def delete(self, *args, **kwargs):
        stamps.touch(stamps.LISTS)
        return super().delete(*args, **kwargs)

    def __str__(self):
        return f"{self.title} (rule {self.position})"
