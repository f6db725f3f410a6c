"""Recounts all counters, prints those that were wrong and corrects them."""

from django.core.management.base import BaseCommand
from django.template.defaultfilters import pluralize

from forums.models import Comment, Topic
from forums.tree import recount

SHOWN = 20


class Command(BaseCommand):
    help = "Recount replies, branches, votes and reports. Print and correct each counter that was wrong."

    def handle(self, *, verbosity, **options):
        mended = (
            recount.mend({difference.topic for difference in recount.differences()}) + recount.mend_cases()
        )
        shown = mended if verbosity > 1 else mended[:SHOWN]
        for difference in shown:
            self.stdout.write(str(difference))
        if len(mended) > len(shown):
            self.stdout.write(f"… and {len(mended) - len(shown):,} more (use --verbosity 2 to print all)")
        self.stdout.write(summary(mended))


def summary(mended) -> str:
    counted = (
        f"Recounted {_many(Topic.objects.count(), 'topic')} and {_many(Comment.objects.count(), 'comment')}"
    )
    if not mended:
        return f"{counted}: every counter was right."
    topics = {difference.topic for difference in mended} - {None}
    return f"{counted}: corrected {_many(len(mended), 'counter')} in {_many(len(topics), 'topic')}."


def _many(count, noun):
    return f"{count:,} {noun}{pluralize(count)}"
