from django.db import models

LAST = 2**63 - 1
"""Above every id: an update with this `below` begins with the newest comment."""


class SearchUpdateQuerySet(models.QuerySet):
    def of_everything(self):
        """Have all entries written again, the newest comments first."""
        return self.create(below=LAST)

    def of_opening(self, topic):
        """Have the entry of a topic's opening written again, because what belongs to the topic has changed."""
        openings = topic.comments.filter(seq=1).values_list("pk", flat=True)
        self.bulk_create(self.model(comment_id=pk) for pk in openings)


class SearchUpdate(models.Model):
    """Entries that have to be written again: of one comment, or of all comments of a topic, of a category or at all.

    Triggers insert these rows (migration 0032), so no writer can forget it: a verb, an import, the previous release, or
    a statement in SQL. `forums.search.index` takes them, the oldest first. The ids are plain numbers, because a row
    may outlive what it names.
    """

    comment_id = models.BigIntegerField(null=True)
    topic_id = models.BigIntegerField(null=True)
    category_id = models.BigIntegerField(null=True)
    below = models.BigIntegerField(
        null=True, help_text="Of several comments, those with lower ids are still to be done."
    )

    objects = SearchUpdateQuerySet.as_manager()

    def __str__(self):
        return f"comment {self.comment_id}" if self.comment_id else f"comments below {self.below}"
