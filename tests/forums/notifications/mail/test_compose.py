"""The content of a mail, and attempts to inject more into it."""

import re
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from accounts.profiles import deletion
from forums.models import OutgoingMail, Topic
from forums.notifications import dispatch
from forums.notifications.mail import claiming, compose


def parsed(mail):
    return message_from_bytes(mail.message().as_bytes(), policy=policy.default)


@pytest.fixture
def reply(opening, say, later, mailed):
    """Returns the mail that Ada gets about a reply: `reply(text)`."""

    def reply(text="I **think** so too.", title=None):
        if title is not None:
            Topic.objects.filter(pk=opening.topic_id).update(title=title)
        say(opening, text)
        later(minutes=3)
        [mail] = mailed()
        return mail

    return reply


def test_a_mail_says_who_wrote_what_and_where_in_text_and_html(reply, opening):
    mail = reply()
    address = f"http://127.0.0.1:8000/comments/{opening.topic.comments.get(seq=2).pk}/"
    [(html, kind)] = mail.alternatives
    assert kind == "text/html"
    for text in (mail.body, html):
        assert "Ben" in text and "answered you" in text and "I think so too." in text
        assert address in text and opening.topic.title in text and "/accounts/settings/preferences/" in text


def test_times_are_in_the_members_zone(reply, ada):
    User.objects.filter(pk=ada.pk).update(time_zone="Pacific/Kiritimati")
    mail = reply()
    at = Topic.objects.get().last_comment_at.astimezone(ZoneInfo("Pacific/Kiritimati"))
    assert f"{at.day} {at:%b, %H:%M %Z}:" in mail.body


def test_mails_of_one_topic_hang_together_and_each_has_its_own_id(reply, opening):
    first, second = parsed(reply()), parsed(reply("More."))
    root = f"<topic-{opening.topic_id}@127.0.0.1>"
    assert [mail["References"] for mail in (first, second)] == [root, root]
    assert [mail["In-Reply-To"] for mail in (first, second)] == [root, root]
    assert first["Subject"] == second["Subject"]
    assert re.fullmatch(r"<letter-\d+\.\d{20}@127\.0\.0\.1>", first["Message-ID"])
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    "title",
    [
        "Limes\nBcc: all@example.org",
        "Limes\r\n\r\nA body of my own",
        "Limes\u2028Bcc: all@example.org",
        "Limes \x0b\x0c\x00"[:-1],
        "\u202eLimes",
        "L" * 200,
    ],
)
def test_a_title_stays_within_its_line(reply, title):
    mail = parsed(reply(title=title))
    subject = mail["Subject"].strip()  # long links begin on their own line
    assert mail["To"] == "ada@example.org" and mail["Bcc"] is None and mail["Cc"] is None
    assert subject.startswith("[Folkmoot] L") and subject.isprintable() and len(subject) <= 180


def test_what_members_write_is_text_in_the_html(reply):
    mail = reply("Look: `<script>alert(1)</script>` & <b>more</b>", title="<i>Limes</i> & co")
    [(html, _)] = mail.alternatives
    assert "<script>" not in html and "<i>Limes" not in html and "&lt;i&gt;Limes&lt;/i&gt; &amp; co" in html
    assert "<i>Limes</i> & co" in mail.body


def test_no_picture_is_fetched_and_no_spoiler_shown(reply):
    mail = reply("![a tree](https://tracker.example/pixel.png) and ||the butler|| did it")
    [(html, _)] = mail.alternatives
    assert "tracker.example" not in html + mail.body and "butler" not in html + mail.body
    assert "<img" not in html


def test_a_second_attempt_has_the_same_id(opening, say, later):
    say(opening)
    later(minutes=3)
    claiming.claim()
    mail = OutgoingMail.objects.get()
    first, second = compose.write(mail), compose.write(OutgoingMail.objects.get())
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_a_deleted_author_has_no_name(opening, say, later, mailed, ben):
    say(opening)
    dispatch.dispatch_events()
    deletion.delete(ben)
    later(minutes=3)
    [mail] = mailed()
    assert "deleted member answered you" in mail.body and "Ben" not in mail.body
