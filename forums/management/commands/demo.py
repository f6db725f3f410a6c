"""A believable little town, for looking around before one's own people come."""

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from forums.demo import planting
from forums.models import Topic


class Command(BaseCommand):
    help = "Fill an empty forum with the members and discussions of an invented town."

    def handle(self, **options):
        if Topic.objects.exists():
            raise CommandError("The demo is for an empty forum, and this one has topics already.")
        try:
            counts = planting.plant(timezone.now())
        except planting.Taken as taken:
            raise CommandError(f"The demo needs a forum of its own: there is {taken} already.") from taken
        self.stdout.write("Planted " + ", ".join(f"{count} {kind}" for kind, count in counts.items()) + ".")
