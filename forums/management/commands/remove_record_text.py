from django.core.management.base import BaseCommand, CommandError

from forums.models import RecordText


class Command(BaseCommand):
    help = "Removes texts from a record for good. Their hashes stay, so the chain of records stays valid."

    def add_arguments(self, parser):
        parser.add_argument("record", type=int, help="The number of the record.")
        parser.add_argument(
            "hashes", nargs="+", help="The SHA-256 of each text, as the file of the record has it."
        )

    def handle(self, *, record, hashes, **options):
        found = RecordText.objects.filter(record=record, hash__in=hashes)
        if missing := set(hashes) - set(found.values_list("hash", flat=True)):
            raise CommandError(
                f"Record {record} has no text with the hash {sorted(missing)[0]}. Nothing was removed."
            )
        found.delete()
        self.stdout.write(f"Removed {len(set(hashes))}. The page of what it records still has its own texts.")
