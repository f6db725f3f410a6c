"""Recounts a poll and compares the count with the result that is shown."""

from collections import Counter

import redis
from django.core.management import BaseCommand

from config.management.operator_error import OperatorError
from polls.counting import ballot_count, tally_cache
from polls.models import Poll
from polls.tally.count import BALLOTS


class Command(BaseCommand):
    help = "Recount a poll from its ballots and compare the count with the result that is shown. Repairs an open poll."

    def add_arguments(self, parser):
        parser.add_argument("id", type=int, help="the number in the poll's address")

    def handle(self, *, id, **options):
        poll = Poll.objects.for_page().filter(pk=id).first()
        if poll is None:
            raise OperatorError(f"There is no poll {id}.")
        cells, _ = ballot_count.count(poll)
        if poll.source and not cells:
            raise OperatorError(f"Poll {id} was imported as totals, so there are no ballots to count.")
        different = self.frozen(poll, cells) if poll.closed_at else self.shown(poll)
        number = cells[BALLOTS]
        counted = f"Poll {id}, “{poll.question}”: {number:,} ballot{'' if number == 1 else 's'}"
        if not different:
            self.stdout.write(f"{counted}. The result that is shown agrees with them.")
        elif poll.closed_at:
            raise OperatorError(
                f"{counted}. The frozen result differs from them in {different} of its numbers."
            )
        else:
            self.stdout.write(
                f"{counted}. The result that was shown differed in {different} of its numbers and is repaired."
            )

    def frozen(self, poll, cells):
        kept = Counter(poll.cells)
        return sum(kept[cell] != cells[cell] for cell in kept.keys() | cells.keys())

    def shown(self, poll):
        try:
            return max(0, tally_cache.check(poll))
        except redis.RedisError:
            self.stdout.write("Redis is down, so the results are counted from Postgres.")
            return 0
