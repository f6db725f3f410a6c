from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchEntry(models.Model):
    """The words of a readable comment, for search. The entry of an opening has the words of its topic, too.

    A table of its own, because a vote writes a comment's row again, and would write all its words into the GIN index
    again. Only `forums.search.index` writes entries; `forums.search.marks` explains the words that are no words.
    """

    comment = models.OneToOneField(
        "forums.Comment", models.CASCADE, primary_key=True, related_name="search_entry"
    )
    words = SearchVectorField(null=True)
    has_picture = models.BooleanField(default=False)
    has_poll = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [GinIndex(fields=["words"], name="search_words")]

    def __str__(self):
        return str(self.comment_id)
