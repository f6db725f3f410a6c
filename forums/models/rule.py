from django.db import models

from forums import statements


class RuleQuerySet(models.QuerySet):
    def in_force(self):
        """In the order in which the site states them."""
        return self.filter(is_active=True).order_by("position", "pk")


class Rule(models.Model):
    """What the site forbids; reports and acts of moderators name one.

    Once something names it, the database keeps it: it is taken out of force instead, and what refers to it stays true.
    """

    position = models.PositiveSmallIntegerField(default=0, help_text="Its number, as the site states it.")
    title = models.CharField(max_length=80, help_text='A few words that fit after "Hidden by a moderator:".')
    text = models.TextField(max_length=2000)
    statement_category = models.CharField(
        max_length=80, choices=statements.CATEGORIES, default=statements.OTHER,
        help_text="What the EU's database of statements of reasons calls it; for export_moderation.",
    )  # fmt: skip
    is_active = models.BooleanField("in force", default=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return f"{self.title} (rule {self.position})"
