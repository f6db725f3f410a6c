from django.db import models

from forums import statements


class RuleQuerySet(models.QuerySet):
    def in_force(self):
        """Rules in force, in the order in which the site states them."""
        return self.filter(is_active=True).order_by("position", "pk")


class Rule(models.Model):
    """A rule of the site. Reports and acts of moderation name one.

    A rule that a report or an act names cannot be deleted. It is taken out of force instead, so that the log stays
    true.
    """

    position = models.PositiveSmallIntegerField(default=0, help_text="Its number, as the site states it.")
    title = models.CharField(max_length=80, help_text='A few words that fit after "Hidden by a moderator:".')
    text = models.TextField(max_length=2000)
    statement_category = models.CharField(
        max_length=80, choices=statements.CATEGORIES, default=statements.OTHER,
        help_text="The category in the EU's database of statements of reasons, for export_moderation.",
    )  # fmt: skip
    is_active = models.BooleanField("in force", default=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return f"{self.title} (rule {self.position})"
