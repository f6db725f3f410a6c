"""The pages of the archive need no server, no scripts and no other site, and all links between them lead somewhere."""

import json
import re
from html import unescape
from urllib.parse import unquote

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from forums.export.archive import paging
from forums.models import Picture

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = re.compile(r'(?<=\s)(href|src)="([^"]*)"')


@pytest.fixture
def archive(site, export, monkeypatch):
    monkeypatch.setattr(paging, "ROWS", 3)
    reply_with_picture(site)
    return export() / "html"


def reply_with_picture(site):
    opening = site.comments.get(seq=1)
    opening.edit(by=site.author, body=f"{opening.body}\n\n![A tree](https://trees.example/lime.png)")
    size = {"width": 900, "height": 600, "widths": [400, 800, 900], "is_moving": True}
    size |= {"state": Picture.State.READY}
    picture = Picture.objects.create(comment=opening, owner=site.author, **size)
    storages["pictures"].save(picture.file(800, "webp"), ContentFile(b"A lime"))
    storages["pictures"].save(picture.moving_file, ContentFile(b"A rolling lime"))
    opening.edit(by=site.author, body=f"{opening.body}\n\n![A lime]({picture.get_absolute_url()})")


def addresses(archive):
    """Yields each address of each page: its page, its attribute and its value."""
    for page in archive.rglob("*.html"):
        for name, value in ADDRESS.findall(page.read_text()):
            yield page, name, unescape(value)


def test_every_link_between_pages_leads_to_its_place(archive):
    found, lost = 0, []
    for page, _, value in addresses(archive):
        if value.startswith(("http", "data:")):
            continue
        file, _, place = unquote(value).partition("#")
        target = (page.parent / file if file else page).resolve()
        found += 1
        if not target.is_file() or (place and f'id="{place}"' not in target.read_text()):
            lost.append((page.name, value))
    assert lost == []
    assert found > 100


def test_pictures_are_copied_and_data_has_their_complete_addresses(archive):
    moving, file = sorted((archive.parent / "media/pictures").iterdir())
    assert (file.read_bytes(), moving.read_bytes()) == (b"A lime", b"A rolling lime")
    assert moving.name == f"{file.stem}-moving.webp"
    [page] = [text for each in (archive / "topics").iterdir() if "A lime" in (text := each.read_text())]
    for each in (file, moving):
        assert f'<img src="../../media/pictures/{each.name}" alt="A lime" width="900"' in page
    [record] = [
        text for each in (archive.parent / "data").iterdir() for text in each.read_text().splitlines()
        if '"html"' in text and "A lime" in json.loads(text)["html"]
    ]  # fmt: skip
    html = json.loads(record)["html"]
    assert f'<img src="http://127.0.0.1:8000/pictures/{file.stem}/" alt="A lime">' in html
    assert ">A tree</a>" in html


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs(archive):
    loaded = [value for _, name, value in addresses(archive) if name == "src" and not value.startswith("../")]
    assert loaded == []
    text = "".join(page.read_text() for page in archive.rglob("*.html"))
    assert re.findall(r"<(?:script|iframe|form|button|use|object)\b|@import|style=", text) == []
    assert (
        '<a href="https://trees.example/lime.png" class="picture" rel="nofollow ugc noopener">A tree</a>'
        in text
    )


def test_a_topic_is_divided_into_pages_with_its_tree(site, archive):
    pages = [archive / f"topics/{site.pk}{suffix}.html" for suffix in ("", "-2")]
    first, second = [page.read_text() for page in pages]
    ids = [re.findall(r'id="comment-(\d+)"', text) for text in (first, second)]
    shown = site.comments.exclude(deleted_at__isnull=False, descendants=0).order_by("path")
    assert [int(pk) for page in ids for pk in page] == [*shown.values_list("pk", flat=True)]
    assert [len(page) for page in ids] == [3, 3]
    assert f'rel="next" href="{site.pk}-2.html"' in first and 'rel="prev"' not in first
    assert f'rel="prev" href="{site.pk}.html"' in second and 'rel="next"' not in second
    assert "accepted answer" in first and "No, oaks." in first
    assert "Deleted by its author." in second and "Hidden by a moderator." in second
    assert "Which?" in first and "Which?" not in second
