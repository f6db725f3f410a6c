"""An export that is read back into an empty site is exported again as the same files."""

import json
import re
import shutil
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.export.data import directory
from forums.importers.folkmoot import read
from forums.importers.records.fields import Broken
from forums.importers.records.records import CategoryRecord
from forums.models import Category, Comment, Debate, FrontPage, Topic
from forums.pictures import storing, uploading
from forums.tree import recount
from polls.ballots import voting
from polls.models import Poll
from tests.cast import member
from tests.forums.pictures.files import animated, picture

pytestmark = pytest.mark.django_db(transaction=True)


def records(directory) -> dict[str, list[dict]]:
    """Returns the records by kind, without the ones of a site alone: its log, and who moderates it."""
    found = {}
    for path in sorted((directory / "data").glob("*.jsonl")):
        found[path.stem] = [json.loads(line) for line in path.read_text().splitlines()]
    for record in found["members"]:
        del record["is_moderator"]
    del found["log"]
    return found


def media(directory) -> dict[str, bytes]:
    files = (directory / "media").rglob("*.*")
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def test_the_round_trip_changes_nothing(site, export, wipe, read_back):
    first = export("one")
    wipe()
    report = read_back(first)
    assert report.warnings == []
    assert report.skipped == {}
    assert recount.differences() == []
    assert Debate.objects.get().summary["valued"]["both"] == [Comment.objects.get(bridging__gt=0.2).pk]
    second = export("two")
    assert records(second) == records(first)
    assert media(second) == media(first)
    assert {kind: len(rows) for kind, rows in records(first).items()} == {
        "ballots": 3, "categories": 2, "comments": 8, "debates": 1, "members": 3, "polls": 3, "rules": 1, "sides": 2,
        "site": 1, "tags": 4, "topics": 2,
    }  # fmt: skip


def test_pictures_come_back_into_their_texts(limes, ben, export, wipe, read_back, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    uploaded = uploading.upload(ben, SimpleUploadedFile("a.png", picture((900, 600))))
    moving = uploading.upload(ben, SimpleUploadedFile("a.gif", animated("GIF")))
    body = f"![An oak](/pictures/{uploaded.key}/) ![A leaf](/pictures/{moving.key}/)"
    limes.reply(author=ben, parent=limes.comments.get(), body=body, token=uuid4())
    storing.process_uploads()
    first = export("one")
    names = (uploaded.key, moving.key, f"{moving.key}-moving")
    assert media(first).keys() == {f"media/pictures/{name}.webp" for name in names}
    wipe()
    assert read_back(first).added["pictures"] == 2
    assert read_back(first).present["pictures"] == 2
    assert storing.process_uploads() == 2
    second = export("two")
    assert records(second) == records(first)
    assert media(second).keys() == media(first).keys()
    assert f'src="/pictures/{uploaded.key}/800/"' in Comment.objects.get(seq=2).body_html


def test_a_second_import_adds_nothing(site, export, wipe, read_back):
    first = export("one")
    wipe()
    added = read_back(first).added
    report = read_back(first)
    assert set(report.added.values()) <= {0}
    assert report.present == added
    assert Comment.objects.count() == added["comments"]


def test_a_site_in_use_keeps_what_it_has(site, export, wipe, read_back):
    """Names and numbers that are taken here differ; mentions and links in the texts follow them."""
    first = export("one")
    wipe()
    town = Category.objects.create(name="Own", slug="town")
    ben = member("Ben")
    taken = records(first)["comments"][2]["number"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('forums_topic_id_seq', %s, false)", [site.pk])
        cursor.execute("SELECT setval('forums_comment_id_seq', %s, false)", [taken])
    own = Topic.open(author=ben, category=town, title="Our own topic", body="Our own text.", token=uuid4())
    assert (own.pk, own.comments.get().pk) == (site.pk, taken)
    FrontPage.objects.create(heading="Our moot")

    report = read_back(first)
    new_name = User.objects.exclude(pk=ben.pk).get(username__startswith="Ben").username
    assert report.renamed == [("Ben", new_name)]
    assert FrontPage.objects.get().heading == "Our moot"
    assert Category.objects.get(name="Town").slug == "town-2"
    assert own.comments.get().body == "Our own text."
    limes = Topic.objects.get(title="Shall we plant limes?")
    assert limes.pk != site.pk
    assert limes.comments.get(seq=1).body == f"I say *yes*, @{new_name}."
    answer, quoting = limes.comments.filter(seq__in=(2, 3)).order_by("seq")
    assert f"> @{new_name} [wrote](/comments/{answer.pk}/):" in quoting.body
    assert f'href="/comments/{answer.pk}/"' in quoting.body_html
    assert recount.differences() == []


def test_what_an_open_secret_poll_can_keep(limes, ada, ben, export, wipe, read_back):
    """It is closed at the time of the export with its ballots, and left out if visitors cannot see its result."""
    for shows in ("always", "at_close"):
        rules = {"secret": True, "results_show": shows, "question": shows, "method": "one"}
        poll = Poll.open(author=ada, topic=limes, wordings=["Limes", "Oaks"], token=uuid4(), **rules)
        voting.cast(poll, member=ben, marks=[poll.option_ids[1]], token=uuid4())
    path = export()
    wipe()
    report = read_back(path)
    assert report.skipped == {"polls": {"their results are not in the export": 1}}
    found = Poll.objects.get()
    assert (found.question, found.closed_at.isoformat()) == ("always", manifest(path)["made_at"])
    assert [ballot.marks for ballot in found.secret_ballots.all()] == [[found.option_ids[1]]]
    assert found.cells == {"ballots": 1, str(found.option_ids[1]): 1}


DAMAGES = {
    "is not a complete export: it has no manifest.json.": lambda path: (path / "manifest.json").unlink(),
    "manifest.json cannot be read": lambda path: (path / "manifest.json").write_text("{"),
    "has version 2 of the format, and this software reads 1.": lambda path: rewrite(path, version=2),
    "is not an export: manifest.json names another format.": lambda path: rewrite(path, format="backup"),
    "is damaged: manifest.json lists no files.": lambda path: rewrite(path, files=None),
    "is damaged: data/comments.jsonl differs": lambda path: truncate(path / "data/comments.jsonl"),
    "is damaged: data/polls.jsonl differs": lambda path: (path / "data/polls.jsonl").unlink(),
}


def test_a_damaged_export_is_refused_as_a_whole(limes, export, wipe, read_back, tmp_path):
    whole = export()
    wipe()
    for number, (sentence, damage) in enumerate(DAMAGES.items()):
        path = shutil.copytree(whole, tmp_path / f"damaged-{number}")
        damage(path)
        with pytest.raises(OperatorError, match=re.escape(sentence)):
            read_back(path)
    assert not User.objects.exists() and not Category.objects.exists()
    read_back(whole)
    assert User.objects.get().username == "Ada"


def test_a_record_that_cannot_be_understood_is_left_out(site, export, wipe, read_back):
    path = export()
    wipe()
    comments = path / "data/comments.jsonl"
    lines = comments.read_text().splitlines(keepends=True)
    lines[1] = lines[1].replace('"state":"shown"', '"state":"unknown"')
    comments.write_text("".join(lines))
    directory.write_manifest(
        path, **{k: v for k, v in manifest(path).items() if k not in ("format", "version")}
    )
    report = read_back(path)
    assert report.warnings == ["comments.jsonl, line 2: state is none of shown, hidden and deleted."]
    assert report.added["comments"] == len(lines) - 1


def test_a_failed_export_leaves_nothing_behind(site, export, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    picture = next(settings.MEDIA_ROOT.rglob("*.webp"))
    picture.unlink()
    picture.mkdir()  # opening it fails, as with a broken disk
    with pytest.raises(OSError, match="Is a directory"):
        export("one")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["media"]
    with pytest.raises(OperatorError, match="exists: name a new directory"):
        export("media")


def manifest(path) -> dict:
    return json.loads((path / "manifest.json").read_text())


def rewrite(path, **facts):
    (path / "manifest.json").write_text(json.dumps(manifest(path) | facts))


def truncate(path):
    path.write_bytes(path.read_bytes()[:-10])


def test_rules_about_tags_are_checked(site, export):
    record = records(export())["categories"][1]
    assert record["tags"] == {
        "allowed": "listed",
        "listed": ["elm", "oak"],
        "new_from": "moderators",
        "required": 2,
    }
    parents = {record["parent"]: CategoryRecord(record["parent"], "Town")}
    assert read.category(record, parents).listed_tags == ["elm", "oak"]
    older = {name: value for name, value in record.items() if name not in ("tags", "language")}
    assert (read.category(older, parents).rules, read.category(older, parents).listed_tags) == ({}, [])
    for wrong in (
        {"allowed": "x"},
        {"listed": None},
        {"listed": ["a/b"]},
        {"required": "x"},
        {"new_from": 1},
    ):
        with pytest.raises(Broken):
            read.category(record | {"tags": record["tags"] | wrong}, parents)
