"""Builds a site with one of everything that an export has, exports it, and reads exports back."""

import io
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image

from accounts.identity import avatars
from forums.export.write import write
from forums.importers.pipeline import run
from forums.importers.records.report import Report
from forums.models import Category, Comment, Debate, FrontPage, Outcome, Rule, Side, Tag, Topic, Vote
from forums.models.discussion.category import NOBODY
from polls.ballots import closing, voting
from polls.models import Poll

TABLES = (
    "accounts_user", "forums_category", "forums_tag", "forums_topic", "forums_comment", "forums_origin", "forums_rule",
    "forums_frontpage", "polls_poll",
)  # fmt: skip
HOUR = timedelta(hours=1)


@pytest.fixture
def site(settings, tmp_path, ada, ben, cleo, mod, eve, town):
    """A small site. Returns its topic."""
    settings.MEDIA_ROOT = tmp_path / "media"
    FrontPage.objects.create(heading="The moot", welcome="**Come in.**")
    Rule.objects.create(
        position=1,
        title="Kindness",
        text="Be kind.",
        statement_category="STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
    )
    Category.objects.create(
        name="Trees", slug="trees-here", description="Limes.", parent=town, position=4, colour="green",
        search_language="german", tagging="listed", listed_tags=["elm", "oak"], new_tags_from=NOBODY, required_tags=2,
    )  # fmt: skip
    Tag.objects.create(name="elm", description="Nobody has used it yet.")
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(picture, "PNG")
    ada.avatar = avatars.read_upload(SimpleUploadedFile("x.png", picture.getvalue()))
    ada.bio, ada.links = "I plant trees.", ["https://ada.example/"]
    ada.save()
    limes = Topic.open(
        author=ada, category=town, title="Shall we plant limes?", body="I say *yes*, @Ben.", token=uuid4()
    )
    limes.set_tags(["fruit", "oak"])
    Tag.objects.filter(name="oak").update(description="All about oaks.")
    Tag.objects.create(name="oaks", synonym_of=Tag.objects.get(name="oak"))
    _discuss(limes, ada, ben, cleo, mod)
    _debate(
        Topic.open(author=ben, category=town, title="A debate", body="For or against?", token=uuid4()),
        ada,
        ben,
    )
    _vote(limes, ada, ben, cleo)
    return limes


def _discuss(limes, ada, ben, cleo, mod):
    opening = limes.comments.get(seq=1)

    def reply(to, author, body):
        return limes.reply(author=author, parent=to, body=body, token=uuid4())

    answer = reply(opening, ben, "```python\nx = 1\n```\n\n||secret|| and <https://a.example/>")
    answer.edit(by=ben, body="No: oaks.")
    answer.edit(by=mod, body="No, oaks.")
    reply(answer, cleo, f"> @Ben [wrote](/comments/{answer.pk}/):\n> No\n\nWhy?")
    gone = reply(opening, cleo, "I shall be gone.")
    reply(gone, ben, "Why did you go?")
    gone.delete_by_author()
    reply(opening, ben, "Nobody sees this one.").delete_by_author()
    hidden = reply(opening, cleo, "Hidden words.")
    hidden.set_hidden(by=mod)
    Vote.objects.cast(answer, by=ada, value=1)
    Vote.objects.cast(answer, by=cleo, value=-1)
    limes.accept(answer)
    Topic.objects.filter(pk=limes.pk).update(created_at=timezone.now() - HOUR)  # as if it had been split
    limes.pin(by=mod)
    limes.lock(by=mod)


def _debate(topic, ada, ben):
    now = timezone.now()
    debate = Debate.announce(topic, by=ada, starts_at=now - HOUR, ends_at=now + HOUR, question="Oaks?")
    Side.objects.choose(debate, member=ada, stand="for")
    Side.objects.choose(debate, member=ben, stand="against")
    said = topic.reply(author=ben, parent=topic.comments.get(seq=1), body="Against.", token=uuid4())
    Comment.objects.filter(pk=said.pk).update(ups=9, downs=2, for_ups=4, for_downs=2, against_ups=5)
    Comment.objects.filter(pk=said.pk).rank_by_sides()
    debate.end(by=ada)
    decide = Outcome.objects.decide
    decide(debate, by=ada, version=0, decision="No *oaks*.", carried_by="The council")
    decide(debate, by=ada, version=1, decision="No oaks.", carrier=ben, review_on=date(2040, 3, 1))


def _vote(topic, ada, ben, cleo):
    def poll(wordings=("Limes", "Oaks", "Elms"), **rules):
        found = Poll.open(
            author=ada, topic=topic, wordings=list(wordings), token=uuid4(), question="Which?", **rules
        )
        return Poll.objects.for_page().get(pk=found.pk)

    secret = poll(method="runoff", secret=True)
    one, two, _ = secret.option_ids
    voting.cast(secret, member=ada, marks=[[two], [one]], token=uuid4())
    voting.cast(secret, member=ben, marks=[[one], [two]], token=uuid4())
    closing.close(secret)
    Outcome.objects.decide(secret, by=ada, version=0, decision="Limes.")
    public = poll(method="score", secret=False, results_show="always")
    voting.cast(
        public, member=cleo, marks=[[public.option_ids[0], 5], [public.option_ids[2], 0]], token=uuid4()
    )
    later = poll(method="one", secret=True, opens_at=timezone.now() + HOUR)
    later.correct(later.options.first(), wording="Lime trees", by=ada)


@pytest.fixture
def export(tmp_path):
    """Exports the site: `export("one")` returns the new directory."""

    def export(name="export") -> Path:
        write(tmp_path / name)
        return tmp_path / name

    return export


@pytest.fixture
def wipe(settings, tmp_path):
    """Makes the site empty, with other media: `wipe()`."""

    def wipe() -> None:
        settings.MEDIA_ROOT = tmp_path / f"media-{uuid4()}"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # without triggers
            cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")

    return wipe


@pytest.fixture
def read_back():
    """Imports an export: `read_back(path)`. Returns the report, whose `warnings` are the printed sentences."""

    def read_back(path) -> Report:
        warnings = []
        report = Report(warn=warnings.append)
        report.warnings = warnings
        run("folkmoot", path, report)
        assert report.adds_up()
        return report

    return read_back
