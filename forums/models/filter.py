from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from config import stamps
from forums import expressions

MOST_LINES = 500


class Filter(models.Model):
    """Words or patterns that the site watches for in what is written, and what it does when it meets one."""

    class Does(models.TextChoices):
        BLOCK = "block", "refuse the text, and say which words"
        HOLD = "hold", "keep it for a moderator to approve"
        FLAG = "flag", "post it, and put it before the moderators"
        REPLACE = "replace", "post it with other words in their place"

    class Whom(models.TextChoices):
        ALL = "all", "everybody"
        NEW = "new", "new members"

    lines = models.TextField(
        "words", max_length=20_000, help_text="One a line: words or phrases, in any spelling of case."
    )
    is_pattern = models.BooleanField(
        "patterns", default=False, help_text="The lines are regular expressions of RE2 (without look-ahead)."
    )
    does = models.CharField(max_length=8, choices=Does, default=Does.HOLD)
    replacement = models.CharField(max_length=100, blank=True, default="***")
    whom = models.CharField("for", max_length=4, choices=Whom, default=Whom.ALL)
    note = models.CharField(max_length=200, blank=True, help_text="Why; moderators alone see it.")
    is_active = models.BooleanField("in force", default=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.note or self.each[0][:60]

    @property
    def each(self) -> list[str]:
        """Its words or patterns."""
        return [line for line in map(str.strip, self.lines.splitlines()) if line]

    def clean(self):
        if not self.each:
            raise ValidationError({"lines": "Please write at least one word."})
        if len(self.each) > MOST_LINES:
            raise ValidationError({"lines": f"{MOST_LINES} lines are the most. Please make a second filter."})
        for line in self.each:
            try:
                expression = expressions.compile(line, is_pattern=self.is_pattern)
            except ValueError as error:
                raise ValidationError({"lines": f"“{line[:60]}”: {error}"}) from None
            if self.is_pattern and not expression.is_quick():
                raise ValidationError({"lines": f"“{line[:60]}” takes too long on a long text."})

    def save(self, *args, **kwargs):
        """What every process has compiled is out of date then."""
        super().save(*args, **kwargs)
        stamps.touch(stamps.FILTERS)

    def delete(self, *args, **kwargs):
        stamps.touch(stamps.FILTERS)
        return super().delete(*args, **kwargs)
