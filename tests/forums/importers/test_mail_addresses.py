"""Addresses of mails in archives of mailing lists lead to their comments, as far as the numbers can be known."""

import pytest
from django.test import Client

from config.management.operator_error import OperatorError
from forums.models import Category, Comment, OldAddress
from forums.search import index
from tests.forums.importers.test_mbox import MailingList

LIST = "https://lists.example.org/pipermail/trees/"
HASH = "YQGNW22OIHIVAA7XCBR2RF3PVVYNP6BX"
"""Of the message <1@example.org>."""
MONTHS = {"2011-February": 2, "2011-March": 3, "2011-April": 1}


@pytest.fixture
def months(tmp_path):
    """Three months of a list with the mails 1 to 6. The last mail links to the first and to the fourth."""
    number = 0
    for month, count in MONTHS.items():
        archive = MailingList(tmp_path)
        archive.path = tmp_path / f"{month}.txt"
        for _ in range(count):
            number += 1
            day = f"Tue, 1 {month[5:8]} 2011 10:{number:02}:00 +0000"
            links = f"{LIST}2011-February/000012.html {LIST}2011-March/000015.html" if number == 6 else ""
            archive.mail(number, f"Mail {number}. {links}", subject=f"Subject {number}", date=day)
    return tmp_path


def numbered() -> dict[str, str]:
    rows = OldAddress.objects.filter(key__startswith="list/trees/").select_related("comment")
    return {row.key.removeprefix("list/trees/"): row.comment.body[:6] for row in rows}


def page(months, number, message):
    file = months / f"html/2011-March/{number:06}.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f'<HTML><HEAD>\n<LINK REL="made" HREF="mailto:trees%40example.org?Subject=Re%3A%20x&In-Reply-To=%3C{message}'
        '%40example.org%3E">'
    )


def test_pages_of_the_archive_say_which_number_a_mail_has(bring, months, settings):
    settings.OLD_HOSTS, settings.SITE_URL = ["lists.example.org"], "https://forum.example.org"
    page(months, 12, 1)
    page(months, 15, 4)
    page(months, 99, "gone")
    bring("mbox", base=LIST)
    assert numbered() == {"12": "Mail 1", "15": "Mail 4"}
    first, fourth, last = Comment.objects.filter(
        topic__title__in=["Subject 1", "Subject 4", "Subject 6"]
    ).order_by("created_at")
    assert f"](/comments/{first.pk}/)" in last.body and f"](/comments/{fourth.pk}/)" in last.body

    index.run()
    old, slug = Client(headers={"host": "lists.example.org"}), Category.objects.get().slug
    march = f"/search/?q=in%3A{slug}+after%3A2011-03-01+before%3A2011-04-01+order%3Aold"
    for address, leads_to in {
        "/pipermail/trees/2011-March/000015.html": fourth.topic.get_absolute_url(),
        "/pipermail/trees/2011-March/thread.html": march,
        "/archives/list/trees@lists.example.org/2011/3/": march,
        "/pipermail/trees/": f"/c/{slug}/",
        f"/archives/list/trees@lists.example.org/message/{HASH}/": first.topic.get_absolute_url(),
    }.items():
        answer = old.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (
            301,
            f"https://forum.example.org{leads_to}",
        ), address
    unknown = "/pipermail/trees/2011-March/000777.html"
    answer = old.get(unknown)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"https://forum.example.org/moved/lists.example.org{unknown}",
    )
    answer = Client().get(f"/moved/lists.example.org{unknown}")
    assert (answer.status_code, answer.headers["Location"]) == (302, march)
    found = Client().get(march).content.decode()
    assert [number for number in range(1, 7) if f"Subject {number}" in found] == [3, 4, 5]


def test_numbers_are_counted_from_months_whose_numbers_are_given(bring, months):
    given = months / "numbers"
    given.write_text("2011-February 12\n\n2011-April 17\n")
    assert bring("mbox", base=LIST, numbers=given).warnings == []
    assert numbered() == {str(11 + number): f"Mail {number}" for number in range(1, 7)}


def test_the_mails_of_the_lists_own_file_are_counted_from_its_number(bring, months):
    archive = [months / f"{month}.txt" for month in MONTHS]
    (months / "trees.mbox").write_text("".join(file.read_text() for file in archive))
    for file in archive:
        file.unlink()
    (months / "numbers").write_text("trees.mbox 0")
    bring("mbox", base=LIST, numbers=months / "numbers")
    assert numbered() == {str(number - 1): f"Mail {number}" for number in range(1, 7)}


def test_months_whose_mails_do_not_fit_their_numbers_get_none(bring, months):
    given = months / "numbers"
    given.write_text("2011-February 12\n2011-April 18\n2012-May 50\n")
    assert bring("mbox", base=LIST, numbers=given).warnings == [
        "--numbers names 2012-May, which is not in the data.",
        "The files from 2011-February to 2011-April hold 5 mails for 6 numbers, so these mails have no old "
        "addresses of pipermail.",
    ]
    assert numbered() == {"18": "Mail 6"}


def test_numbers_need_a_month_and_a_list(bring, months, discourse):
    given = months / "numbers"
    given.write_text("12\n")
    with pytest.raises(OperatorError, match=r"numbers, line 1: write a month and a number"):
        bring("mbox", base=LIST, numbers=given)
    given.write_text("2011-February 12")
    discourse.topic()
    with pytest.raises(OperatorError, match="Only archives of mailing lists have numbers"):
        bring("discourse", numbers=given)
    bring("mbox", base="https://lists.example.org", numbers=given)
    assert set(OldAddress.objects.values_list("host", flat=True)) == {"lists.example.org"}
    assert numbered() == {}
