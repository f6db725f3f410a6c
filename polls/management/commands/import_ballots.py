"""Imports elections from ballot files as closed polls."""

from pathlib import Path
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand
from tqdm import tqdm

from config.management.operator_error import OperatorError
from forums.models import Category, Topic
from polls.formats import READERS
from polls.transfer import import_election


class Command(BaseCommand):
    help = "Import the elections of a ballot file as closed polls in one topic. Broken lines are reported and skipped."

    def add_arguments(self, parser):
        parser.add_argument("format", choices=sorted(READERS), help="format of the file")
        parser.add_argument("path", type=Path, help="the file, or the folder for polis")
        parser.add_argument("--topic", type=int, help="number of an existing topic (default: a new topic)")
        parser.add_argument("--author", help="name of the polls' author (default: the first administrator)")

    def handle(self, *, format, path, topic, author, **options):
        if not path.exists():
            raise OperatorError(f"{path} does not exist. Check the path.")
        author = find_author(author)
        broken = []
        try:
            elections = list(READERS[format](path, broken.append))
        except ValueError as reason:
            raise OperatorError(f"{path} cannot be read as {format}: {reason}.") from None
        topic = find_topic(topic) if topic else open_topic(author, elections)
        ballots = self.bring_in(elections, topic, author, path.name)
        for line in broken:
            self.stderr.write(f"Skipped {line}")
        skipped = f" {len(broken)} broken lines were skipped." if broken else ""
        where = topic.get_absolute_url()
        self.stdout.write(f"{len(elections)} polls with {ballots:,} ballots are in {where}.{skipped}")

    def bring_in(self, elections, topic, author, source):
        """Store the elections, each in its own transaction. Returns the number of ballots."""
        elections = [(election, list(election.ballots)) for election in elections]
        total = sum(cast.count for _, ballots in elections for cast in ballots)
        with tqdm(total=total, unit=" ballots", disable=None) as bar:
            for election, ballots in elections:
                held = type(election)(election.title, election.method, election.options, ballots)
                import_election.bring_in(held, topic=topic, author=author, source=source, progress=bar.update)
        return total


def find_author(name):
    """The named member, otherwise the first administrator. Raises OperatorError if there is none."""
    members = get_user_model().objects
    found = members.named(name).first() if name else members.filter(is_superuser=True).order_by("pk").first()
    if found is None:
        raise OperatorError(
            f"There is no member {name}."
            if name
            else "There is no administrator. Choose a member with --author."
        )
    return found


def find_topic(pk):
    """The topic. Raises OperatorError if it does not exist."""
    topic = Topic.objects.filter(pk=pk).first()
    if topic is None:
        raise OperatorError(f"There is no topic {pk}.")
    return topic


def open_topic(author, elections):
    """Open a topic in the first category. Raises OperatorError if there is no category."""
    category = Category.objects.in_order().first()
    if category is None:
        raise OperatorError("There is no category yet. Create one, or choose a topic with --topic.")
    title = elections[0].title[:200] if elections else "Imported polls"
    body = "These polls were held elsewhere. All their ballots are here, so that you can count them again."
    return Topic.open(author=author, category=category, title=title, body=body, token=uuid4())
