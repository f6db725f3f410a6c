"""Pictures of imported texts come from the archive, or are downloaded when that is asked for."""

import pytest
from django.core.management import call_command

from config.management.operator_error import OperatorError
from forums.importers.pictures.archive import Archive
from forums.models import Comment, Picture
from forums.pictures import storing
from tests.forums.pictures.files import picture

BASE = "https://trees.example.org"
OAK, ELM = f"{BASE}/uploads/original/1X/oak.png", "https://other.example.org/elm.png"


@pytest.fixture
def pictured(discourse, tmp_path, settings):
    """A topic with a picture that is in the archive, and one of another site."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "uploads/original/1X").mkdir(parents=True)
    (tmp_path / "uploads/original/1X/oak.png").write_bytes(picture((900, 600)))
    discourse.topic(discourse.post(cooked=f'<p><img src="{OAK}" alt="An oak"> <img src="{ELM}"></p>'))
    return discourse


def left(report):
    return sum(report.skipped.get("pictures", {}).values())


def test_a_picture_of_the_archive_is_stored_and_shown(bring, pictured):
    rehearsed = bring("discourse", is_rehearsal=True, base=BASE)
    assert (rehearsed.added["pictures"], left(rehearsed), Picture.objects.count()) == (1, 1, 0)
    report = bring("discourse", base=BASE)
    assert (report.read["pictures"], report.added["pictures"], left(report)) == (2, 1, 1)
    stored = Picture.objects.get()
    assert (stored.source, stored.comment) == (OAK, Comment.objects.get())
    assert storing.process_uploads() == 1
    assert f'src="/pictures/{stored.key}/' in Comment.objects.get().body_html
    again = bring("discourse", base=BASE)
    assert (again.added["pictures"], Picture.objects.count()) == (0, 1)


def test_pictures_are_downloaded_only_when_that_is_asked_for(bring, pictured):
    bring("discourse", base=BASE)
    later = bring("discourse", base=BASE, downloads=True)
    assert (later.added["pictures"], later.present["pictures"]) == (1, 1)
    waiting = Picture.objects.get(source=ELM)
    assert (waiting.state, waiting.digest) == (Picture.State.PENDING, "")


def test_a_file_that_is_too_large_is_left_out_with_the_reason(bring, pictured, monkeypatch):
    monkeypatch.setattr(storing, "MOST_BYTES", 10)
    report = bring("discourse", base=BASE)
    assert report.added["pictures"] == 0
    assert left(report) == 2
    assert any(why.startswith("Please choose a picture of at most") for why in report.skipped["pictures"])


def test_downloads_need_the_setting(db, discourse, settings):
    settings.PICTURES_FETCHED = False
    discourse.topic()
    with pytest.raises(OperatorError, match="PICTURES_FETCHED is off"):
        call_command("import_forum", str(discourse.path), "--download-pictures")


def test_an_address_belongs_to_the_file_whose_path_it_ends_with(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("a/x.png", "y.png", "a/z.txt"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "a/link.png").symlink_to("/etc/passwd")
    archive = Archive(tmp_path, "trees.example.org", {})
    found = {
        address: archive.find(address)
        for address in (
            f"{BASE}/deep/a/x.png?v=1",
            "https://cdn.example.net/a/x.png",
            f"{BASE}/y.png",
            "https://other.example.org/y.png",
            f"{BASE}/b/x.png",
            f"{BASE}/a/z.txt",
            f"{BASE}/a/link.png",
            f"{BASE}/a/../y.png",
        )
    }
    assert [file and file.name for file in found.values()] == [
        "x.png",
        "x.png",
        "y.png",
        None,
        None,
        None,
        None,
        "y.png",
    ]
