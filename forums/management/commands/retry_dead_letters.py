"""Has work that was given up tried again."""

from django.core.management.base import BaseCommand

from forums.notifications import backlog


class Command(BaseCommand):
    help = "Have outbox events and mails that were given up tried again. Mend their cause first."

    def handle(self, **options):
        number = backlog.retry_dead_letters()
        self.stdout.write(f"{number} dead letter{'' if number == 1 else 's'} will be tried again.")
