from django.db import models


class Option(models.Model):
    """One thing to vote for. Once somebody has voted it is never removed; its wording may be corrected, in
    the open."""

    poll = models.ForeignKey("polls.Poll", models.CASCADE, related_name="options", db_index=False)
    position = models.PositiveSmallIntegerField()
    wording = models.CharField(max_length=200)
    corrected_at = models.DateTimeField(null=True, editable=False)
    added_at = models.DateTimeField(null=True, editable=False, help_text="Where it joined an open poll.")
    set_aside = models.BooleanField(
        default=False,
        editable=False,
        help_text="May not win and leaves first, like a city's undeclared write-ins; imports alone set it.",
    )

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["poll", "position"], name="option_place_once")]

    def __str__(self):
        return self.wording
