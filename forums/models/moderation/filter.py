from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from config.caching import cache_tags
from config.caching.tagged_model import TaggedModel
from forums.models.moderation import patterns

MOST_LINES = 500


class Filter(TaggedModel):
    """Words or patterns to find in new texts, and what happens to a text that has one."""

    cache_tag = cache_tags.FILTERS

    class Does(models.TextChoices):
        BLOCK = "block", "refuse the text and name the words"
        HOLD = "hold", "publish it only after a moderator approves it"
        FLAG = "flag", "publish it and add it to the moderation queue"
        REPLACE = "replace", "publish it with the words replaced"

    class Whom(models.TextChoices):
        ALL = "all", "everybody"
        NEW = "new", "new members"

    lines = models.TextField(
        "words",
        max_length=20_000,
        help_text="One word or phrase per line. Capital and small letters are the same.",
    )
    is_pattern = models.BooleanField(
        "patterns",
        default=False,
        help_text="Each line is a regular expression in RE2 syntax (no look-ahead).",
    )
    does = models.CharField(max_length=8, choices=Does, default=Does.HOLD)
    replacement = models.CharField(max_length=100, blank=True, default="***")
    whom = models.CharField("for", max_length=4, choices=Whom, default=Whom.ALL)
    note = models.CharField(
        max_length=200, blank=True, help_text="Why this filter exists. Only moderators see it."
    )
    is_active = models.BooleanField("in force", default=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "word filter"

    def __str__(self):
        return self.note or self.each[0][:60]

    @property
    def each(self) -> list[str]:
        """The words or patterns, without empty lines."""
        return [line for line in map(str.strip, self.lines.splitlines()) if line]

    def clean(self):
        if not self.each:
            raise ValidationError({"lines": "Please write at least one word."})
        if len(self.each) > MOST_LINES:
            raise ValidationError(
                {"lines": f"A filter has at most {MOST_LINES} lines. Please add another one."}
            )
        for line in self.each:
            try:
                expression = patterns.compile(line, is_pattern=self.is_pattern)
            except ValueError as error:
                raise ValidationError({"lines": f"“{line[:60]}”: {error}"}) from None
            if self.is_pattern and not expression.is_quick():
                raise ValidationError(
                    {"lines": f"“{line[:60]}” takes too long on a long text. Please simplify it."}
                )
