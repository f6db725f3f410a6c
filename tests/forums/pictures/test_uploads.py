"""Uploads follow the text that has them: whoever may not read it gets none of its files."""

import io
import json
import subprocess
import zipfile
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import Trust
from accounts.profiles import deletion, export
from forums.access.refusal import Refused
from forums.markup import absolute_links
from forums.models import BlockedPicture, Comment, Draft, PendingPost, Picture, Rule
from forums.models.pictures import placing
from forums.models.pictures.tries import RETRY_AFTER
from forums.moderation.acts import branches, comments, spam, topics
from forums.pictures import storing
from forums.pictures.animation import STILL
from tests.forums.pictures.files import MOVING, animated, exif, noise, picture

AVIF = {"HTTP_ACCEPT": "image/avif,image/webp,*/*"}


def files(media):
    return sorted(path.name.partition("-")[2] for path in media.rglob("*") if path.is_file())


@pytest.fixture
def shown(upload, say, opening, ada):
    """A comment by Ada with a picture that is ready, and the picture."""
    found = upload()
    comment = say(opening, f"Look:\n\n![A lime]({found.get_absolute_url()})", author=ada)
    storing.process_uploads()
    found.refresh_from_db()
    comment.refresh_from_db()
    return comment, found


@pytest.fixture
def shown_soon(prepared, say, opening, ada):
    """The same without the seconds that preparing takes."""
    found = prepared()
    return say(opening, f"![]({found.get_absolute_url()})", author=ada), found


def test_a_picture_is_prepared_and_put_into_its_text_with_all_sizes(shown, media, sign_in, ben, queued):
    comment, found = shown
    address = found.get_absolute_url()
    assert (found.state, found.width, found.height, found.comment) == ("ready", 900, 600, comment)
    assert files(media) == ["400.avif", "400.webp", "800.avif", "800.webp", "900.webp"]
    assert comment.body_html == (
        f'<p>Look:</p>\n<p><img src="{address}800/" alt="A lime" '
        f'srcset="{address}400/ 400w, {address}800/ 800w, {address}900/ 900w" '
        'sizes="(max-width: 48em) 90vw, 40em" width="900" height="600" loading="lazy" decoding="async"></p>'
    )
    assert (comment.version, comment.edited_at) == (2, None)
    assert f"{address}400/ 400w" in sign_in(ben).get(comment.topic.get_absolute_url()).content.decode()
    comment.topic.refresh_from_db()
    missed = sign_in(ben).get(f"/t/{comment.topic_id}/changes/?since={comment.topic.version - 1}")
    assert f"{address}400/ 400w" in missed.content.decode().replace('\\"', '"')
    comment.edit(by=comment.author, body=comment.body + "\n\nGreen.")
    assert "900w" in comment.body_html


BOX = '<input type="checkbox" class="button quiet small" aria-label="Play this animation">'


@pytest.mark.parametrize("place", ["{}", "[{}](https://a.example/)"])
def test_an_animation_is_still_until_its_box_is_checked(upload, say, opening, ada, visitor, media, place):
    found = upload(animated("GIF"))
    address = found.get_absolute_url()
    comment = say(opening, place.format(f"![A lime]({address})"), author=ada)
    storing.process_uploads()
    comment.refresh_from_db()
    size = 'alt="A lime" width="50" height="50" loading="lazy" decoding="async"'
    still = f'<img src="{address}50/" {size}>'
    begin, end = '<a href="https://a.example/" rel="nofollow ugc noopener">', "</a>"
    begin, end = (begin, end) if begin in comment.body_html else ("", "")
    assert bool(begin) == (place != "{}")
    images = f'{begin}{still}<img src="{address}moving/" {size}>{end}'
    assert comment.body_html == f'<p><span class="moving">{images}{BOX}</span></p>'
    assert Picture.objects.place(comment.body_html, comment) == comment.body_html
    several = f'<a href="https://a.example/"><img src="{address}" alt=""><img src="{address}" alt=""></a>'
    assert "moving" not in Picture.objects.place(several)
    assert absolute_links(comment.body_html, "https://b.example/").count("<img") == 1
    assert "moving" not in placing.portable(comment.body_html, "https://b.example")
    answer = visitor.get(f"{address}moving/")
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as shown:
        assert (answer["Content-Type"], shown.n_frames) == ("image/webp", 3)
    assert 'seldom.css">' in visitor.get(opening.topic.get_absolute_url()).text
    comment.delete_by_author()
    assert visitor.get(f"{address}moving/").status_code == 404
    storing.remove_pictures()
    assert files(media) == []


def test_a_still_picture_has_no_animation(shown_soon, visitor):
    address = shown_soon[1].get_absolute_url()
    assert [visitor.get(f"{address}{end}").status_code for end in ("", "moving/")] == [200, 404]
    assert 'seldom.css" disabled>' in visitor.get(shown_soon[0].topic.get_absolute_url()).text


def test_an_animation_above_the_limits_is_still_and_its_owner_reads_why(ada, sign_in, opening):
    client, content = sign_in(ada), MOVING["GIF of 10,000 frames"][0]()
    answer = client.post("/pictures/", {"picture": SimpleUploadedFile("a.gif", content)})
    assert (answer.status_code, answer.json()["problem"]) == (201, STILL)
    file = {"picture": SimpleUploadedFile("a.gif", content)}
    sent = {"parent": opening.pk, "body": "Look", "token": uuid4()}
    posted = client.post(f"/t/{opening.topic_id}/reply/", sent | file, follow=True)
    assert STILL in posted.text
    storing.process_uploads()
    assert [each.is_moving for each in Picture.objects.all()] == [False, False]


def test_a_text_that_is_posted_later_has_the_sizes_from_the_start(upload, say, opening, ada):
    found = upload()
    storing.process_uploads()
    comment = say(opening, f"![]({found.get_absolute_url()})", author=ada)
    assert ("900w" in comment.body_html, comment.version) == (True, 1)


def test_a_picture_that_is_ready_just_before_its_text_is_stored_has_its_size(prepared, say, opening, ada):
    comment, found = say(opening, "Look", author=ada), prepared()
    html = f'<p><img src="{found.get_absolute_url()}" alt="A lime"></p>'  # as it was rendered before
    Picture.objects.claim(comment, html)
    comment.refresh_from_db()
    assert 'width="400" height="300"' in comment.body_html


def test_browsers_get_the_format_that_they_accept_and_ask_again_each_time(shown, visitor):
    _, found = shown
    address = found.get_absolute_url()
    answer = visitor.get(f"{address}400/")
    assert (answer["Content-Type"], answer["Cache-Control"], answer["Vary"]) == (
        "image/webp", "private, no-cache", "Accept, Cookie",
    )  # fmt: skip
    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"
    assert visitor.get(f"{address}400/", **AVIF)["Content-Type"] == "image/avif"
    assert visitor.get(f"{address}5000/", **AVIF)["Content-Type"] == "image/webp"
    assert visitor.get(f"{address}400/", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    assert visitor.get("/pictures/" + "x" * 22 + "/").status_code == 404
    assert visitor.get(f"/media/{found.file(400, 'webp')}").status_code == 404


def test_nginx_sends_the_file_after_the_check(shown_soon, visitor, settings, mod):
    settings.X_ACCEL_REDIRECT = True
    comment, found = shown_soon
    answer = visitor.get(f"{found.get_absolute_url()}400/")
    assert (answer["X-Accel-Redirect"], answer.content) == (f"/files/{found.file(400, 'webp')}", b"")
    comments.hide(comment, by=mod, reason="No.")
    answer = visitor.get(f"{found.get_absolute_url()}400/")
    assert (answer.status_code, "X-Accel-Redirect" in answer) == (404, False)


def test_before_it_is_posted_only_its_owner_sees_a_picture(upload, sign_in, ada, ben, mod, visitor):
    address = upload().get_absolute_url()
    waiting = sign_in(ada).get(address)
    assert (waiting["Content-Type"], waiting["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert "is being prepared" in waiting.content.decode()
    storing.process_uploads()
    assert [client.get(address).status_code for client in (sign_in(ada), sign_in(ben), sign_in(mod), visitor)] == [
        200, 404, 404, 404,
    ]  # fmt: skip


def test_nobody_takes_the_picture_of_another_member(upload, say, opening, ben, visitor):
    found = upload()
    say(opening, f"![]({found.get_absolute_url()})", author=ben)
    found.refresh_from_db()
    assert (found.comment, visitor.get(found.get_absolute_url()).status_code) == (None, 404)


def test_moderators_see_the_picture_of_a_pending_post(prepared, ada, mod, ben, town, sign_in):
    found = prepared()
    said = {"body": f"![]({found.get_absolute_url()})", "title": "Limes", "category": town}
    PendingPost.objects.keep(author=ada, token=uuid4(), why="first", **said)
    statuses = [sign_in(member).get(found.get_absolute_url()).status_code for member in (mod, ben, ada)]
    assert statuses == [200, 404, 200]


GONE = {
    "hidden": lambda comment, mod, vault: comments.hide(comment, by=mod, reason="No."),
    "hidden with its branch": lambda comment, mod, vault: branches.hide(comment.parent, by=mod, reason="No."),
    "in a hidden topic": lambda comment, mod, vault: topics.hide(comment.topic, by=mod, reason="No."),
    "in a private category": lambda comment, mod, vault: comment.topic.move(vault),
    "of a removed spammer": lambda comment, mod, vault: spam.remove(comment.author, by=mod),
    "deleted": lambda comment, mod, vault: comment.delete_by_author(),
}


@pytest.mark.parametrize("way", GONE)
def test_the_files_go_at_once_with_their_text(
    way, prepared, say, opening, ben, cleo, mod, vault, sign_in, visitor, media
):
    found = prepared(ben)
    above = say(opening, "Above", author=cleo)
    comment = say(above, f"![]({found.get_absolute_url()})", author=ben)
    comment = Comment.objects.select_related("topic", "parent__topic").get(pk=comment.pk)
    readers = [visitor, sign_in(cleo)]
    assert [reader.get(found.get_absolute_url()).status_code for reader in readers] == [200, 200]
    GONE[way](comment, mod, vault)
    assert [reader.get(found.get_absolute_url()).status_code for reader in readers] == [404, 404]
    assert storing.remove_pictures() == (way == "deleted")
    assert (files(media) == []) is (way == "deleted")


def test_a_restored_spammer_has_the_pictures_again(shown_soon, mod, visitor):
    comment, found = shown_soon
    action = spam.remove(comment.author, by=mod, rule=Rule.objects.create(position=1, title="Spam"))
    assert visitor.get(found.get_absolute_url()).status_code == 404
    spam.restore_all([action], by=mod)
    assert visitor.get(found.get_absolute_url()).status_code == 200


def test_the_history_keeps_the_picture_of_an_older_text(shown_soon, visitor):
    comment, found = shown_soon
    comment.edit(by=comment.author, body="Without it.")
    assert visitor.get(found.get_absolute_url()).status_code == 200


def test_uploads_that_no_text_has_are_removed(upload, ada, settings, media):
    posted, drafted, _ = upload(), upload(), upload()
    Draft.objects.keep(ada, token=uuid4(), body=f"![]({drafted.get_absolute_url()})")
    assert storing.remove_pictures() == 0
    Picture.objects.update(
        created_at=timezone.now() - timezone.timedelta(days=settings.PICTURES_ORPHAN_DAYS + 1)
    )
    Picture.objects.filter(pk=posted.pk).update(created_at=timezone.now())
    assert storing.remove_pictures() == 1
    assert set(Picture.objects.values_list("pk", flat=True)) == {posted.pk, drafted.pk}
    assert len(files(media)) == 2


def test_a_member_who_leaves_takes_unposted_pictures_along(shown, upload, ada):
    _, found = shown
    upload()
    deletion.delete(ada)
    storing.remove_pictures()
    assert list(Picture.objects.values_list("pk", "owner")) == [(found.pk, None)]


def test_the_number_of_uploads_depends_on_trust(ada, sign_in, settings):
    settings.PICTURES_A_DAY = [1, 2, 3]
    client = sign_in(ada)

    def send():
        return client.post("/pictures/", {"picture": SimpleUploadedFile("a.png", picture())})

    for trust in (Trust.NEW, Trust.MEMBER, Trust.REGULAR):
        ada.trust = trust
        ada.save()
        assert send().status_code == 201
        refused = send()
        assert refused.status_code == 403
        most = ("1 picture", "2 pictures", "3 pictures")[trust]
        assert refused.json()["problem"].startswith(f"You can upload {most} a day.")


def test_a_deleted_upload_counts_until_its_day_is_over(upload, say, opening, ada, sign_in, settings, media):
    settings.PICTURES_A_DAY = [1, 1, 1]
    found = upload()
    comment = say(opening, f"![]({found.get_absolute_url()})", author=ada)
    comment.delete_by_author()
    assert (storing.remove_pictures(), storing.remove_pictures(), files(media)) == (1, 0, [])
    with pytest.raises(Refused, match="You can upload 1 picture a day"):
        upload()
    assert sign_in(ada).get(found.get_absolute_url()).status_code == 404
    say(opening, f"![]({found.get_absolute_url()})", author=ada, token=uuid4())
    assert Picture.objects.get().comment is None
    Picture.objects.update(created_at=timezone.now() - timezone.timedelta(days=1, minutes=1))
    assert upload().state == "pending"
    storing.remove_pictures()
    assert not Picture.objects.filter(pk=found.pk).exists()


def test_a_picture_that_is_removed_while_it_is_prepared_leaves_no_file(upload, media):
    found = upload()
    Picture.objects.release()
    storing._prepare(found)
    assert (Picture.objects.get().state, files(media)) == ("removed", [])


def test_an_upload_is_refused_at_once_with_a_sentence(ada, sign_in, visitor, settings, media):
    client = sign_in(ada)
    content = noise((100, 100), exif=exif())
    storing_digest = storing.check(content)
    BlockedPicture.objects.create(digest=storing_digest)
    problems = {
        b"no picture": "We cannot read that picture.",
        bytes(storing.MOST_BYTES + 1): "Please choose a picture of at most 8 MB.",
        content: "This picture may not be shown here.",
    }
    for sent, problem in problems.items():
        answer = client.post("/pictures/", {"picture": SimpleUploadedFile("a.png", sent)})
        assert (answer.status_code, answer.json()["problem"].startswith(problem)) == (403, True)
    assert client.post("/pictures/").status_code == 400
    refused = visitor.post("/pictures/", {"picture": SimpleUploadedFile("a.png", picture())})
    assert (refused.status_code, refused.json()["problem"]) == (403, "Please sign in first.")
    assert (Picture.objects.count(), files(media)) == (0, [])


def test_a_file_that_turns_out_to_be_unfit_is_refused_later(upload, ada, sign_in, media):
    found = upload(noise((300, 300))[:20_000])
    storing.process_uploads()
    found.refresh_from_db()
    assert (found.state, found.problem[:27], files(media)) == ("refused", "We cannot read that picture", [])
    assert "cannot be shown" in sign_in(ada).get(found.get_absolute_url()).content.decode()


def test_a_worker_that_dies_leaves_its_picture_to_another_three_times(upload, monkeypatch):
    found = upload()

    def killed(*args, **options):
        raise subprocess.SubprocessError

    with monkeypatch.context() as dying:
        dying.setattr(subprocess, "run", killed)
        with pytest.raises(subprocess.SubprocessError):
            storing.process_uploads()
    assert storing.process_uploads() == 0  # not yet
    Picture.objects.update(tried_at=timezone.now() - RETRY_AFTER)
    assert storing.process_uploads() == 1
    found.refresh_from_db()
    assert (found.state, found.tries) == ("ready", 2)
    Picture.objects.update(state="pending", tries=3, tried_at=None)
    storing.process_uploads()
    assert Picture.objects.get().state == "refused"


def test_a_form_without_scripts_brings_its_picture_along(ada, sign_in, opening, town):
    client = sign_in(ada)
    sent = {"parent": opening.pk, "body": "Look", "token": uuid4(), "alt": "A [lime]"}
    file = {"picture": SimpleUploadedFile("a.png", picture())}
    assert client.post(f"/t/{opening.topic_id}/reply/", sent | file).status_code == 303
    found, said = Picture.objects.get(), Comment.objects.last()
    assert said.body == f"Look\n\n![A \\[lime\\]]({found.get_absolute_url()})"
    assert found.comment == said
    refused = client.post(
        f"/t/{opening.topic_id}/reply/", sent | {"picture": SimpleUploadedFile("a.png", b"x")}
    )
    assert refused.status_code == 400
    assert "We cannot read that picture." in refused.content.decode()
    several = {"picture": [SimpleUploadedFile("a.png", picture()), SimpleUploadedFile("b.png", b"x")]}
    refused = client.post(f"/t/{opening.topic_id}/reply/", sent | several)
    kept = Picture.objects.exclude(comment=said).get()
    assert (refused.status_code, f"![A \\[lime\\]]({kept.get_absolute_url()})" in refused.text) == (400, True)
    opened = {"title": "Limes", "category": town.pk, "body": "Look", "token": uuid4()}
    client.post("/new/", opened | {"picture": SimpleUploadedFile("a.png", picture())})
    assert client.get(f"/comments/{said.pk}/edit/").status_code == 200
    edited = client.post(
        f"/comments/{said.pk}/edit/", {"body": "New", "picture": SimpleUploadedFile("a.png", picture())}
    )
    assert edited.status_code in (302, 303)
    assert Picture.objects.exclude(comment=None).count() == 3


def test_a_text_without_pictures_costs_no_query_for_them(say, opening, django_assert_num_queries):
    say(opening)
    with django_assert_num_queries(0):
        assert Picture.objects.place("<p>None</p>") == "<p>None</p>"
        Picture.objects.claim(opening, "<p>None</p>")


def test_a_member_can_download_their_pictures_and_nobody_elses(prepared, ada, ben, settings, monkeypatch):
    monkeypatch.setattr(export, "FILES", 150_000)
    mine, theirs, gone, waiting = prepared(), prepared(ben), prepared(), prepared()
    storages["pictures"].delete(gone.file(400, "webp"))
    Picture.objects.filter(pk=waiting.pk).update(state=Picture.State.PENDING)
    more, begin, rows, files, zips = prepared(), export.Place("", 0), [], {}, 0
    while begin:
        archive = zipfile.ZipFile(io.BytesIO(export.export(ada, begin)))
        names = archive.namelist()
        rows += json.loads(archive.read("pictures.json")) if "pictures.json" in names else []
        files |= {name: archive.read(name) for name in names if name.startswith("pictures/")}
        link = archive.read("next-part.txt").decode() if "next-part.txt" in names else "?after="
        begin, zips = export.Place.parse(link.partition("?after=")[2].strip()), zips + 1
    first, last = (f"pictures/{each.key}.webp" for each in (mine, more))
    assert (files, zips) == ({first: b"pixels", last: b"pixels"}, 2)
    assert [row["file"] for row in rows] == [first, None, None, last]
    assert rows[0]["address"] == f"{settings.SITE_URL}{mine.get_absolute_url()}"
    assert theirs.folder not in json.dumps(rows) and mine.folder not in json.dumps(rows)
