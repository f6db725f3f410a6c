"""Mailing lists: threads become topics, and mails become comments without a lost word."""

import pytest

from accounts.models import User
from forums.importers.mbox import plain_text
from forums.models import Category, Comment, Topic
from forums.pictures.conversion import UNREADABLE


class MailingList:
    """Builds an mbox file as pipermail writes them. `mail(id, body, **headers)` adds a message."""

    def __init__(self, path):
        self.path, self.mails = path / "2020-May.txt", 0

    def mail(
        self, pk, body="Hello.", subject="[Trees] Which trees?", author="ada at example.org (Ada L)", **more
    ):
        self.mails += 1
        date = more.pop("date", f"Fri, 1 May 2020 10:{self.mails:02}:00 +0200")
        lines = [
            f"From ada at example.org  Fri May  1 10:{self.mails:02}:00 2020",
            f"From: {author}",
            f"Date: {date}",
            f"Subject: {subject}",
            *(f"{name.replace('_', '-')}: {value}" for name, value in more.items()),
            *([f"Message-ID: <{pk}@example.org>"] if pk else []),
        ]
        self.add(("\n".join(lines) + "\n\n" + body + "\n\n").encode())

    def add(self, raw):
        with self.path.open("ab") as file:
            file.write(raw)


@pytest.fixture
def trees(tmp_path):
    return MailingList(tmp_path)


def tree():
    rows = Comment.objects.order_by("topic_id", "seq").values_list("topic__title", "body", "parent__body")
    return [*rows]


def test_replies_find_their_place_by_what_they_name_or_by_their_subject(bring, trees):
    trees.mail(1, "Oaks?")
    trees.mail(2, "Yes.", In_Reply_To="<1@example.org> (on Friday)", subject="Re: [Trees] Which trees?")
    trees.mail(3, "No.", References="<1@example.org>\n <2@example.org>", subject="Re: Which trees?")
    trees.mail(4, "Perhaps.", References="<gone@example.org>", subject="[Trees] RE: Which  trees?")
    trees.mail(5, "Elms?", subject="[Trees] Other")
    trees.mail(6, "Late.", subject="Re: [Trees] Which trees?", date="Fri, 1 Jan 2021 10:00:00 +0000")
    trees.mail(7, "Round.", subject="Circle", In_Reply_To="<8@example.org>")
    trees.mail(8, "And round.", subject="Circle", In_Reply_To="<7@example.org>")
    report = bring("mbox")
    assert tree() == [
        ("Which trees?", "Oaks?", None),
        ("Which trees?", "Yes.", "Oaks?"),
        ("Which trees?", "No.", "Yes."),
        ("Which trees?", "Perhaps.", "Oaks?"),
        ("Other", "Elms?", None),
        ("Circle", "And round.", None),
        ("Circle", "Round.", "And round."),
        ("Which trees?", "Late.", None),
    ]
    assert +report.added == {"members": 1, "topics": 4, "posts": 8, "categories": 1}
    assert Category.objects.get().name == "Trees"
    assert set(bring("mbox").added.values()) == {0}


def test_an_archive_without_re_joins_the_same_subjects(bring, trees):
    trees.mail(1)
    trees.mail(2, In_Reply_To="<1@example.org>")
    trees.mail(3)
    trees.mail(4, subject="[Trees] (no subject)")
    trees.mail(5, subject="[Trees] (no subject)")
    bring("mbox")
    assert list(Topic.objects.order_by("pk").values_list("title", "last_seq")) == [
        ("Which trees?", 3),
        ("(no subject)", 1),
        ("(no subject)", 1),
    ]


def test_authors_are_known_by_their_masked_addresses(bring, trees):
    trees.mail(1, author="ada at example.org (=?iso-8859-1?Q?Ad=E1_L?=)")
    trees.mail(2, author='"Ada L." <ADA@example.org>', subject="Later")
    trees.mail(3, author="ben at example.org", subject="Other")
    trees.mail(4, author="nobody", subject="Broken")
    trees.mail(5, date="yesterday", subject="Broken")
    report = bring("mbox")
    assert list(User.objects.order_by("pk").values_list("username", flat=True)) == ["Adá-L", "ben"]
    assert report.warnings == [
        "2020-May.txt, message 4: it has no author.",
        "2020-May.txt, message 5: it has no time.",
    ]


def test_lines_that_begin_with_from_do_not_divide_a_mail(bring, trees):
    trees.mail(1, "Said\n\nFrom here to there\n\nFrom ada Fri May  1 10:00:00 2020\n\n>From the start.")
    bring("mbox")
    assert Comment.objects.get().body == (
        "Said\n\nFrom here to there\n\nFrom ada Fri May 1 10:00:00 2020\n\nFrom the start."
    )


def test_charsets_parts_and_addresses_of_a_mail(bring, trees):
    trees.mail(1, "Größe an ada@example.org, obj@slot", Content_Type="text/plain; charset=utf-8")
    trees.add(
        b"From b  Fri May  1 11:00:00 2020\nFrom: b at example.org\nDate: Fri, 1 May 2020 11:00:00 +0000\n"
        b"Subject: Caf\xe9\nMessage-ID: <x@y>\nContent-Type: multipart/mixed; boundary=Z\n\n"
        b"--Z\nContent-Type: text/plain; charset=nonsense\nContent-Transfer-Encoding: quoted-printable\n\n"
        b"Un caf=E9\n--Z\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0K\n--Z--\n\n"
    )
    report = bring("mbox")
    assert list(Comment.objects.order_by("pk").values_list("body", flat=True)) == [
        "Größe an ada at example.org, obj@slot",
        "Un café",
    ]
    assert report.skipped == {"pictures": {UNREADABLE.rstrip("."): 1}}


def test_another_copy_of_a_mail_is_left_out(bring, trees):
    trees.mail(1)
    trees.mail(1)
    report = bring("mbox")
    assert (report.added["posts"], report.skipped["posts"]) == (1, {"another copy of the same mail": 1})


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hi,\nthere", "<p>Hi,<br>there</p>"),
        ("a" * 50 + "\nlongerword", f"<p>{'a' * 50} longerword</p>"),
        ("> > a\n> b\nc", "<blockquote><blockquote><p>a</p></blockquote><p>b</p></blockquote><p>c</p>"),
        ("x <- f(1)\ny <- 2\n\n  z", "<pre><code>x &lt;- f(1)\ny &lt;- 2\n\n  z\n</code></pre>"),
        (
            "See http://a.org/b?c=1&d.",
            '<p>See <a href="http://a.org/b?c=1&amp;d">http://a.org/b?c=1&amp;d</a>.</p>',
        ),
        (
            "Hi\n\n-- \nAda\nTown",
            "<p>Hi</p><details><summary>Signature</summary><p>Ada<br>Town</p></details>",
        ),
        (
            "Hi\n\n-----Original Message-----\n> a",
            "<p>Hi</p><details><summary>Original Message</summary><blockquote><p>a</p></blockquote></details>",
        ),
        ("", ""),
    ],
)
def test_plain_text_keeps_its_lines_quotes_and_code(text, html):
    assert plain_text.to_html(text) == html
