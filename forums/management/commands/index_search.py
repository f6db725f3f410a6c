"""Writes the search index again, for instance after a change of SEARCH_LANGUAGE. The site can run meanwhile."""

import time

from django.core.management.base import BaseCommand

from forums.models import SearchUpdate
from forums.search import index

SECONDS, PAUSE = 5, 1
"""The time between two lines, and until the next look while the worker writes."""


class Command(BaseCommand):
    help = "Write the words of all comments for search again. It can be stopped: the worker goes on in the background."

    def handle(self, **options):
        SearchUpdate.objects.filter(below__isnull=False).delete()
        SearchUpdate.objects.of_everything()
        done = 0
        while SearchUpdate.objects.exists():
            number = index.run(SECONDS)
            done += number
            if number:
                self.stdout.write(f"{done:,} comments")
            else:  # the worker is writing at this moment
                time.sleep(PAUSE)
        self.stdout.write("Search finds all comments.")
