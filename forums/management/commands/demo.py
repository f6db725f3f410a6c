"""Fill an empty forum with an invented town, to try the site before inviting people."""

from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.utils import timezone

from forums.demo import populate
from forums.models import Topic


class Command(BaseCommand):
    help = "Fill an empty forum with the members and discussions of an invented town."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="do nothing in a forum that has topics")

    def handle(self, *, if_empty, **options):
        if not connection.in_atomic_block:  # quickstart has migrated, and fills the forum in one transaction
            call_command("migrate", verbosity=0, interactive=False)
        if Topic.objects.exists():
            if if_empty:
                return
            raise CommandError("The demo is only for an empty forum, and this one has topics.")
        self.stdout.write("Filling the forum with a demo …")
        self.stdout.flush()
        try:
            counts = populate.populate(timezone.now())
        except populate.Taken as taken:
            raise CommandError(f"The demo needs a name that is taken: {taken}. Use a new forum.") from taken
        self.stdout.write("Created " + ", ".join(f"{count} {kind}" for kind, count in counts.items()) + ".")
