"""Warms the cache."""

from django.core.management import BaseCommand

from forums.reading import warming


class Command(BaseCommand):
    help = "Render the pages that are read most, so that they are in the cache before visitors come."

    def add_arguments(self, parser):
        parser.add_argument("--top", type=int, default=warming.TOP, help="topics to visit (default 200)")

    def handle(self, top, **options):
        visits = warming.warm(top)
        median, slow = (round(1000 * visits.share(part)) for part in (0.5, 0.99))
        self.stdout.write(
            f"{len(visits.seconds)} pages are in the cache. Half of them took {median} ms or less, and 99 % {slow} ms."
        )
        if visits.failed:
            self.stderr.write(f"{visits.failed} could not be shown; the log of this command says why.")
