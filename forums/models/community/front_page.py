from django.db import models

from config.caching import cache_tags
from config.caching.tagged_model import TaggedModel


class FrontPage(TaggedModel):
    """The words of the first page that belong to this community. There is one row, or none for the defaults."""

    cache_tag = cache_tags.CATEGORIES

    heading = models.CharField(
        max_length=80, default="What we are talking about", help_text="Above the list of topics."
    )
    welcome = models.TextField(
        max_length=4000,
        blank=True,
        default="**Welcome.** Here people discuss, vote and debate. Everyone can read. Members can also write, vote "
        "in polls, and be notified of replies.",
        help_text="Markdown. Visitors who are not signed in read it above the heading: what this place is, and for "
        "whom. Leave it empty to show nothing.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "front page"

    def __str__(self):
        return self.heading
