"""Files inside mails: pictures are shown, short texts are kept, all others are named and counted."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from forums.importers.mbox import contents, files
from forums.models import Comment, Picture
from forums.pictures import storing
from tests.forums.pictures.files import picture

RED, BLUE = picture(), picture(colour=(0, 0, 200), form="JPEG")


@pytest.fixture
def archive(tmp_path, settings):
    """Writes mails into one file: `archive(mail, ...)`. Each gets the headers that it lacks."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def archive(*mails):
        with (tmp_path / "list.mbox").open("ab") as file:
            for number, mail in enumerate(mails):
                raw = mail if isinstance(mail, bytes) else mail.as_bytes(policy=SMTP.clone(linesep="\n"))
                head = f"From a  Fri May  1 10:00:00 2020\nFrom: a at example.org\nSubject: {number}\n"
                head += f"Date: Fri, 1 May 2020 10:{number:02}:00 +0000\nMessage-ID: <{number}@example.org>\n"
                file.write(head.encode() + raw + b"\n\n")

    return archive


def mail(text=None, html=None) -> EmailMessage:
    made = EmailMessage()
    if text is not None:
        made.set_content(text)
    if html is not None:
        (made.add_alternative if text is not None else made.set_content)(html, subtype="html")
    return made


def bodies() -> list[str]:
    """Returns the texts, with KEY0, KEY1 … for the keys of stored pictures."""
    texts = list(Comment.objects.order_by("topic__created_at").values_list("body", flat=True))
    stored = Picture.objects.values_list("key", flat=True)
    for number, key in enumerate(sorted(stored, key="".join(texts).find)):
        texts = [text.replace(key, f"KEY{number}") for text in texts]
    return texts


def test_pictures_stand_where_the_mail_shows_them(bring, archive):
    attached = mail("Look:")
    attached.add_attachment(RED, "application", "octet-stream", filename="C:\\oaks\\[an] oak@example.org.png")
    shown = mail(html='<p>See <img src="cid:a@b" alt="elm"> there.</p><a href="mailto:x@example.org">me</a>')
    shown.add_related(BLUE, "image", "png", cid="<a@b>")
    shown.add_attachment(RED, "image", "png")
    both = mail("Plain.", "<p>Plain.<img src='cid:c@d'></p>")
    both.get_payload()[1].add_related(RED, "image", "png", cid="<c@d>", filename="c.png")
    archive(attached, shown, both)
    foreseen = bring("mbox", base="https://lists.example.org", is_rehearsal=True)
    report = bring("mbox", base="https://lists.example.org")
    assert bodies() == [
        "Look:\n\n![[an] oak at example.org.png](/pictures/KEY0/)",
        "See ![elm](/pictures/KEY1/) there.\n\nme\n\n![](/pictures/KEY2/)",
        "Plain.\n\n![c.png](/pictures/KEY3/)",
    ]
    assert (foreseen.added["pictures"], report.added["pictures"], report.skipped) == (4, 4, {})
    assert storing.process_uploads() == 4
    for stored in Picture.objects.select_related("comment"):
        assert f'src="/pictures/{stored.key}/60/"' in stored.comment.body_html
    again = bring("mbox", base="https://lists.example.org")
    assert (again.added["pictures"], again.present["pictures"], Picture.objects.count()) == (0, 4, 4)


def test_pictures_of_mails_that_were_imported_without_them_come_with_repair(bring, archive):
    pictured = mail("Look:")
    pictured.add_attachment(RED, "image", "png", filename="oak.png")
    archive(pictured)
    bring("mbox")
    Picture.objects.all().delete()
    Comment.objects.update(body="Look:", body_html="<p>Look:</p>")
    assert bring("mbox").added["pictures"] == 0
    assert bring("mbox", repairs=True).added["pictures"] == 1
    assert bodies() == ["Look:\n\n![oak.png](/pictures/KEY0/)"]


def test_other_files_are_named_and_counted(bring, archive, monkeypatch):
    monkeypatch.setattr(storing, "MOST_BYTES", 3000)
    filed = mail("Hello.")
    filed.add_attachment("-a\n+b\n", "x-patch", filename="fix.patch")
    filed.add_attachment("long" * 20_000, filename="long.txt")
    filed.add_attachment(b"%PDF-1.7", "application", "pdf", filename="=?utf-8?q?plan_=C3=A4.pdf?=")
    filed.add_attachment(b"no picture", "image", "png", filename="no.png")
    filed.add_attachment(picture((3000, 3000), form="BMP")[:4000], "application", "x-any")
    filed.add_attachment(RED + bytes(3000), "image", "png", filename="huge.png")
    filed.add_attachment(b"signed", "application", "pgp-signature", filename="signature.asc")
    footer = mail(html="<p>Only HTML.</p>")
    footer.make_mixed()
    footer.attach(mail("A footer of the list."))
    archive(filed, footer)
    report = bring("mbox")
    assert bodies() == [
        "Hello.\n\n>! **fix.patch**\n>!\n>! ```\n>! -a\n>! +b\n>! ```\n\n"
        "Attached: long.txt, plan ä.pdf, no.png, huge.png",
        "Only HTML.\n\nA footer of the list.",
    ]
    assert report.skipped["attachments"] == {
        "files that are no pictures": 2,
        "signatures": 1,
        "text files of more than 50,000 characters": 1,
    }
    assert sum(report.skipped["pictures"].values()) == 2
    assert not Picture.objects.exists()


def test_mails_inside_mails_are_folded_with_their_headers(bring, archive):
    inner = mail("The first words.")
    inner["From"], inner["Subject"] = "Ben <ben@example.org>", "=?utf-8?q?=C3=84pfel?="
    inner.add_attachment(RED, "image", "png", filename="oak.png")
    outer = mail("Please read:")
    outer.add_attachment(inner)
    archive(outer)
    assert bring("mbox").added["pictures"] == 1
    assert bodies() == [
        "Please read:\n\n>! **Forwarded message**\n>!\n>! From: Ben <ben at example.org>  \n>! Subject: Äpfel\n>!\n"
        ">! The first words.\n>!\n>! ![oak.png](/pictures/KEY0/)"
    ]


NEXT = "-------------- next part --------------"
DAMAGED = {
    "a boundary that is missing": b"Content-Type: multipart/mixed\n\nWords.",
    "base64 that is none": b"Content-Transfer-Encoding: base64\nContent-Type: text/plain\n\nW*=x\n",
    "a name in damaged words": (
        b'Content-Type: multipart/mixed; boundary=Z\n\n--Z\n\nWords.\n--Z\nContent-Type: x/y; name="=?utf-8?b?a?="\n'
        b"\n\x00\n--Z--\n"
    ),
    "a part without an end": b"Content-Type: multipart/mixed; boundary=Z\n\n--Z\n\nWords.",
    "parts that are nested too deep": b"".join(
        b"Content-Type: multipart/mixed; boundary=Z%d\n\n--Z%d\n" % (depth, depth) for depth in range(1100)
    ),
    "a picture inside the HTML that is none": (
        b"Content-Type: text/html\n\n<p>Words.<img src='data:image/png;base64,A'></p>"
    ),
}


def test_damaged_mails_are_read_as_far_as_possible(bring, archive):
    archive(*DAMAGED.values())
    report = bring("mbox")
    assert report.added["posts"] == len(DAMAGED)
    texts = dict(zip(DAMAGED, bodies(), strict=True))
    assert [name for name, text in texts.items() if "Words." not in text] == [
        "base64 that is none",
        "parts that are nested too deep",
    ]
    assert report.skipped["attachments"] == {
        "files that are no pictures": 1,
        "mails inside too many others": 1,
    }


def test_a_mail_that_is_too_long_is_read_to_the_limit(bring, archive, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 400_000)
    log, long = mail("log\n" * 60_000), mail("Words.")
    long.add_attachment(bytes(500_000), "application", "pdf", filename="long.pdf")
    archive(log, long)
    report = bring("mbox")
    texts = bodies()
    assert texts[0].endswith("*The rest of this text is too large to be shown.*")
    assert texts[1].startswith("Words.")
    assert [report.skipped["attachments"][why] for why in (contents.REST, contents.CUT)] == [1, 1]


def test_what_pipermail_took_out_comes_from_the_archive(bring, archive, tmp_path):
    taken = tmp_path / "attachments/20051019/78a8bcf8"
    taken.mkdir(parents=True)
    for name, content in {"a.png": RED, "b.pl": b"Gr\xfc\xdfe, ada@example.org", "c.txt": b"a = 1"}.items():
        (taken / name).write_bytes(content)
    address = "https://lists.example.org/pipermail/trees/attachments/20051019/78a8bcf8/"
    text = "An embedded and charset-unspecified text was scrubbed..."
    archive(
        mail(
            f"Look.\n{NEXT}\nA non-text attachment was scrubbed...\nName: oak.png\nType: image/png\nSize: 53018 bytes\n"
            f"Desc: oak.png\nURL: <{address}a.png>"
        ),
        mail(f"{text}\nName: not available\nURL: <{address}b.pl>"),
        mail(
            f"Look.\n{NEXT}\n{text}\nName: c.txt\nUrl: {address}c.txt\n{NEXT}\n{text}\nName: d\nURL: <{address}d>"
        ),
    )
    assert bring("mbox").added["pictures"] == 1
    first, second, third = bodies()
    assert first.endswith(f"![oak.png]({address}a.png)")
    assert second == "Grüße, ada at example.org"
    assert third.startswith(f"Look.  \n{NEXT}\n\n>! **c.txt**\n>!\n>! ```\n>! a = 1\n>! ```\n\n{NEXT}")
    assert f"{address}d" in third and f"{address}c" not in third
