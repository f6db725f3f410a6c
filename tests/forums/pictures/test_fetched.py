"""Pictures of other sites are fetched once and served by us, so no reader loads anything from there."""

from uuid import uuid4

import pytest
from django.core.management import call_command

from forums import markup
from forums.models import Comment, Picture
from forums.models.pictures.picture import MOST_FETCHED
from forums.models.pictures.tries import MOST_TRIES
from forums.pictures import storing
from forums.pictures.conversion import UnfitPicture
from tests.config.fetching.test_fetcher import listening
from tests.forums.pictures.files import animated, picture


@pytest.fixture
def elsewhere(settings):
    """Another site, which has one picture."""
    with listening(settings) as listener:
        content = picture((900, 600))
        header = f"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: {len(content)}\r\n\r\n"
        listener.answers["/a.png"] = header.encode() + content
        listener.address = f"http://127.0.0.1:{listener.port}"
        yield listener


def test_a_picture_of_another_site_is_a_link_until_it_is_fetched(elsewhere, say, opening, visitor):
    source = f"{elsewhere.address}/a.png"
    comment = say(opening, f"Look: ![A lime]({source})")
    link = f'<a href="{source}" class="picture" rel="nofollow ugc noopener">'
    assert comment.body_html == f"<p>Look: {link}A lime</a></p>"
    assert storing.fetch_pictures() == 1
    comment.refresh_from_db()
    address = Picture.objects.get().get_absolute_url()
    assert f'{link}<img src="{address}800/" alt="A lime" srcset="' in comment.body_html
    assert (comment.version, comment.edited_at) == (2, None)
    page = visitor.get(opening.topic.get_absolute_url())
    assert f'<img src="{address}800/"' in page.content.decode()
    assert "img-src 'self' data:;" in page["Content-Security-Policy"] + ";"
    assert visitor.get(f"{address}400/").status_code == 200


def test_an_address_is_fetched_once_and_stays_in_an_edited_text(elsewhere, say, opening):
    text = f"![]({elsewhere.address}/a.png)"
    first, second = say(opening, text), say(opening, text, token=uuid4())
    assert storing.fetch_pictures() == 2
    assert elsewhere.connections == 1
    second.refresh_from_db()
    assert "<img" in second.body_html
    folders = Picture.objects.order_by("pk").values_list("folder", "size")
    assert (folders[0][0] != folders[1][0], folders[0][1]) == (True, folders[1][1])
    first.delete_by_author()
    storing.remove_pictures()
    second.edit(by=second.author, body=f"{text} again")
    assert "<img" in second.body_html
    assert (storing.fetch_pictures(), elsewhere.connections) == (0, 1)


def test_an_animation_of_another_site_moves_in_each_text(elsewhere, say, opening, visitor):
    elsewhere.answers["/a.png"] = b"HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\n\r\n" + animated("GIF")
    source = f"{elsewhere.address}/a.png"
    texts = [say(opening, f"![A lime]({source})", token=uuid4()) for _ in range(2)]
    assert (storing.fetch_pictures(), elsewhere.connections) == (2, 1)
    for comment in texts:
        comment.refresh_from_db()
        address = comment.pictures.get().get_absolute_url()
        link = f'<a href="{source}" class="picture" rel="nofollow ugc noopener"><img src="{address}50/"'
        assert f'<span class="moving">{link}' in comment.body_html
        assert visitor.get(f"{address}moving/").status_code == 200
        assert Picture.objects.place(comment.body_html, comment) == comment.body_html


def test_one_text_starts_few_requests(elsewhere, say, opening):
    say(opening, " ".join(f"![]({elsewhere.address}/{number}.png)" for number in range(50)))
    assert Picture.objects.count() == MOST_FETCHED


def test_an_edited_text_has_its_new_pictures_fetched(elsewhere, say, opening):
    many = [f"![]({elsewhere.address}/{number}.png)" for number in range(MOST_FETCHED)]
    comment = say(opening, " ".join(many[:-1]))
    comment.edit(by=comment.author, body=" ".join([*many, f"![]({elsewhere.address}/one-too-many.png)"]))
    assert Picture.objects.last().source == f"{elsewhere.address}/{MOST_FETCHED - 1}.png"
    assert Picture.objects.count() == MOST_FETCHED


def test_a_member_has_so_many_pictures_fetched_a_day(elsewhere, say, opening, settings):
    settings.PICTURES_A_DAY = [3, 3, 3]
    first = say(opening, " ".join(f"![]({elsewhere.address}/{number}.png)" for number in range(2)))
    first.delete_by_author()
    storing.remove_pictures()
    second = say(opening, f"![]({elsewhere.address}/2.png) ![]({elsewhere.address}/3.png)", token=uuid4())
    assert list(second.pictures.values_list("source", flat=True)) == [f"{elsewhere.address}/2.png"]
    assert second.body_html.count('class="picture"') == 2


def test_a_picture_that_is_not_there_stays_a_link(elsewhere, say, opening):
    elsewhere.answers["/a.png"] = b"HTTP/1.1 404 Not Found\r\n\r\n"
    comment = say(opening, f"![]({elsewhere.address}/a.png)")
    for _ in range(MOST_TRIES):
        Picture.objects.update(tried_at=None)
        assert storing.fetch_pictures() == 1
    comment.refresh_from_db()
    assert ("<img" in comment.body_html, Picture.objects.get().state) == (False, "refused")


def test_without_fetching_a_click_opens_the_picture_there(elsewhere, say, opening, settings):
    settings.PICTURES_FETCHED = False
    comment = say(opening, f"![A lime]({elsewhere.address}/a.png)")
    assert (storing.fetch_pictures(), Picture.objects.count(), elsewhere.connections) == (0, 0, 0)
    assert f'<a href="{elsewhere.address}/a.png" class="picture"' in comment.body_html


def test_texts_from_before_are_given_copies_of_their_pictures(elsewhere, say, opening):
    comment, other = say(opening, "Old"), say(opening, "Other", token=uuid4())
    stored = f'<p><img src="{elsewhere.address}/a.png" alt="A lime" loading="lazy"></p>'
    Comment.objects.filter(pk=comment.pk).update(body_html=stored)
    call_command("fetch_pictures", verbosity=0)
    assert storing.fetch_pictures() == 1
    comment.refresh_from_db()
    assert f'<img src="{Picture.objects.get().get_absolute_url()}800/" alt="A lime"' in comment.body_html
    other.refresh_from_db()
    assert other.version == 1


def test_an_importer_stores_a_file_for_the_place_that_its_text_has(say, opening, visitor):
    source = "https://old.example/uploads/1.png"
    comment = say(opening, "Imported")
    html = markup.sanitise('<p><img src="/uploads/1.png" alt="A lime"></p>', "https://old.example/")
    Comment.objects.filter(pk=comment.pk).update(body_html=html)
    found = storing.store(comment, source, picture((900, 600)))
    assert storing.store(comment, source, picture((900, 600))) == found
    assert storing.process_uploads() == 1
    comment.refresh_from_db()
    assert f'<img src="{found.get_absolute_url()}800/" alt="A lime"' in comment.body_html
    assert visitor.get(found.get_absolute_url()).status_code == 200
    with pytest.raises(UnfitPicture, match="at most 8 MB"):
        storing.store(comment, source, bytes(storing.MOST_BYTES + 1))


def test_an_imported_file_is_not_given_to_others_who_name_its_address(say, opening):
    """The old site may have shown it only to some."""
    source = "http://old.example/secret/1.png"
    storing.store(say(opening, "Imported"), source, picture())
    storing.process_uploads()
    say(opening, f"![]({source})", token=uuid4())
    assert storing.fetch_pictures() == 1
    assert list(Picture.objects.order_by("pk").values_list("state", flat=True)) == ["ready", "pending"]
