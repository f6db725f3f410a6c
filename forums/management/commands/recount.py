"""Recounts all counters, prints those that were wrong and corrects them."""

from django.core.management.base import BaseCommand

from forums.tree import recount

SHOWN = 20


class Command(BaseCommand):
    help = "Recount replies, branches, votes and reports. Print and correct each counter that was wrong."

    def handle(self, *, verbosity, **options):
        mended = recount.mend_all()
        shown = mended if verbosity > 1 else mended[:SHOWN]
        for difference in shown:
            self.stdout.write(str(difference))
        if len(mended) > len(shown):
            self.stdout.write(f"… and {len(mended) - len(shown):,} more (use --verbosity 2 to print all)")
        self.stdout.write(recount.summary(mended))
