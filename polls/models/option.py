from django.db import models


class Option(models.Model):
    """One option of a poll. After the first ballot it is never removed; each correction of its wording is public."""

    class Kind(models.TextChoices):
        CHOICE = "", "choice"
        ABSTAIN = "abstain", "abstain"
        NONE = "none", "none of the above"
        OBJECT = "object", "object"

    poll = models.ForeignKey("polls.Poll", models.CASCADE, related_name="options", db_index=False)
    position = models.PositiveSmallIntegerField()
    wording = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind, blank=True, default="", db_default="", editable=False)
    corrected_at = models.DateTimeField(null=True, editable=False)
    added_at = models.DateTimeField(
        null=True, editable=False, help_text="Set if the option was added to an open poll."
    )
    set_aside = models.BooleanField(
        default=False,
        editable=False,
        help_text="Cannot win and is eliminated first, such as undeclared write-ins. Only imports set it.",
    )

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["poll", "position"], name="option_place_once")]

    def __str__(self):
        return self.wording
