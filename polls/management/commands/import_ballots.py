"""Imports elections from ballot files as closed polls."""

import csv
from pathlib import Path
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, call_command
from django.db import transaction
from tqdm import tqdm

from config.management.operator_error import OperatorError
from forums.models import Category, Topic
from polls.formats import READERS
from polls.transfer import import_election


class Command(BaseCommand):
    help = "Import the elections of a ballot file as closed polls in one topic, each election once."

    def add_arguments(self, parser):
        parser.add_argument("format", choices=sorted(READERS), help="format of the file")
        parser.add_argument("path", type=Path, help="the file, or the folder for polis")
        parser.add_argument("--topic", type=int, help="number of an existing topic (default: a new topic)")
        parser.add_argument("--author", help="name of the polls' author (default: the first administrator)")

    def handle(self, *, format, path, topic, author, **options):
        broken = []
        elections = read_elections(format, path, broken.append)
        call_command("migrate", verbosity=0, interactive=False)
        new = [election for election in elections if not import_election.find(election)]
        ballots = 0
        if new:
            topic, ballots = self.bring_in(new, topic, find_author(author), path.name)
        else:
            topic = import_election.find(elections[0]).topic
        for line in broken:
            self.stderr.write(f"Skipped {line}")
        skipped = f" {len(broken)} broken lines were skipped." if broken else ""
        present = len(elections) - len(new)
        there = f" {present} polls were imported before." if present else ""
        where = topic.get_absolute_url()
        self.stdout.write(f"{len(new)} polls with {ballots:,} ballots were added to {where}.{there}{skipped}")

    @transaction.atomic
    def bring_in(self, elections, topic, author, source):
        """Store the elections, all or none. Returns the topic and the number of ballots."""
        topic = find_topic(topic) if topic else open_topic(author, elections)
        total = sum(cast.count for election in elections for cast in election.ballots)
        with tqdm(total=total, unit=" ballots", disable=None) as bar:
            for election in elections:
                import_election.bring_in(
                    election, topic=topic, author=author, source=source, progress=bar.update
                )
        return topic, total


def read_elections(format, path, report):
    """The elections of a file, with their ballots in memory. Raises OperatorError if it cannot be read."""
    try:
        elections = [election.loaded() for election in READERS[format](path, report)]
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OperatorError(f"{error.filename or path} cannot be read ({reason}). Check the path.") from None
    except (ValueError, csv.Error) as reason:
        raise OperatorError(f"{path} cannot be read as {format}: {reason}.") from None
    if not elections or not all(election.options for election in elections):
        raise OperatorError(f"{path} has no options to vote for.")
    # Two statements without votes may have the same words.
    return list({election.fingerprint: election for election in elections}.values())


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
    body = "These polls were held elsewhere. All their ballots are here, so that you can count them again."
    title = elections[0].title[:200]
    return Topic.open(author=author, category=category, title=title, body=body, token=uuid4())
