"""Prints who is connected and whether live updates are on time."""

import redis
from django.core.management import BaseCommand

from config.management.operator_error import OperatorError
from forums.live.delivery.load_shedding import Step
from forums.live.delivery.process_states import states, topics
from forums.models import Topic


class Command(BaseCommand):
    help = "Print the sockets of each process, and the readers, step and lag of each topic that is read."

    def add_arguments(self, parser):
        parser.add_argument(
            "--topics",
            type=int,
            default=20,
            help="how many topics to print (default: 20)",
        )

    def handle(self, *, topics: int, **options):
        try:
            found = states()
        except redis.RedisError as error:
            raise OperatorError(f"Redis does not answer ({error}). Run `manage.py doctor`.") from None
        if not found:
            self.stdout.write("Nobody is connected.")
            return
        self.processes(found)
        self.topics(found, topics)

    def processes(self, found):
        self.stdout.write(f"{'sockets':>8} {'streams':>8} {'deliveries':>11} {'late s':>7}  process")
        for state in found:
            sign = "  without Redis" if state["is_paused"] else ""
            self.stdout.write(
                f"{state['sockets']:>8,} {state['streams']:>8,} {state['deliveries']:>11,} {state['late']:>7.2f}  "
                f"{state['process']}{sign}"
            )

    def topics(self, found, count):
        read = topics(found)
        # Topics on a reduced step come first, because they need attention.
        first = sorted(read, key=lambda pk: (-read[pk]["step"], -read[pk]["readers"], pk))[:count]
        titles = dict(Topic.objects.filter(pk__in=first).values_list("pk", "title"))
        self.stdout.write(f"\n{'readers':>8} {'step':>8} {'lag s':>7}  topic")
        for pk in first:
            step = Step(read[pk]["step"]).name.lower()
            title = titles.get(pk, "")
            self.stdout.write(f"{read[pk]['readers']:>8,} {step:>8} {read[pk]['lag']:>7.2f}  {pk} {title}")
