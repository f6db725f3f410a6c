"""Polls of Discourse are imported once: totals as totals, public votes as ballots."""

import pytest

from forums.models import Comment, Topic
from polls.counting import ballot_count
from polls.models import Ballot, Poll
from tests.forums.importers.conftest import bring, discourse  # noqa: F401 (fixtures)
from tests.forums.importers.test_real_data import URHO, needs


def asked(votes=(7, 3), **said):
    """A poll as Discourse exports it. `votes` of None are not in the export."""
    names = ["Yes &amp; soon", "No"]
    options = [{"id": f"o{place}", "html": name} for place, name in enumerate(names)]
    for option, number in zip(options, votes, strict=True):
        option |= {} if number is None else {"votes": number}
    poll = {"name": "poll", "type": "regular", "status": "open", "results": "always", "options": options}
    return poll | {"voters": sum(number or 0 for number in votes), "title": "Tea?"} | said


def person(number, name):
    return {"id": number, "username": name, "avatar_template": "", "title": None}


PUBLIC = asked(
    (2, 1),
    public=True,
    preloaded_voters={"o0": [person(7, "Grace"), person(8, "Ada")], "o1": [person(9, "Alan")]},
)


def shown(poll):
    return [(option.wording, poll.frozen_result["counts"][str(option.pk)]) for option in poll.options.all()]


def test_totals_become_a_closed_poll_of_the_topic_once(bring, discourse, visitor):  # noqa: F811
    discourse.topic(discourse.post(polls=[asked()]))
    report = bring("discourse")
    assert (report.read["polls"], report.added["polls"]) == (1, 1)
    poll = Poll.objects.get()
    assert (poll.question, poll.method, poll.author.username, poll.is_closed) == (
        "Tea?",
        "one",
        "Grace",
        True,
    )
    assert shown(poll) == [("Yes & soon", 7), ("No", 3)]
    assert Topic.objects.get().panel_count == 1
    page = visitor.get(poll.topic.get_absolute_url()).content.decode()
    assert "Tea?" in page and "7 · 70.0 %" in page
    again = bring("discourse")
    assert (again.added["polls"], again.present["polls"], Poll.objects.count()) == (0, 1, 1)
    assert "polls" in again.table()


def test_a_public_poll_comes_with_who_chose_what_even_of_those_who_never_wrote(bring, discourse, visitor):  # noqa: F811
    discourse.topic(discourse.post(polls=[PUBLIC]))
    assert bring("discourse").added["members"] == 3
    poll = Poll.objects.for_page().get()
    assert not poll.secret and shown(poll) == [("Yes & soon", 2), ("No", 1)]
    yes, no = poll.option_ids
    chosen = dict(Ballot.objects.values_list("member__username", "marks"))
    assert chosen == {"Grace": [yes], "Ada": [yes], "Alan": [no]}
    kept = Poll.objects.get()
    assert +ballot_count.count(poll)[0] == kept.cells
    assert "Alan" in visitor.get(f"/poll/{poll.pk}/voters/").content.decode()


def test_a_public_poll_that_names_only_some_of_its_voters_comes_as_totals(bring, discourse):  # noqa: F811
    discourse.topic(discourse.post(polls=[PUBLIC | {"options": asked((30, 1))["options"], "voters": 31}]))
    bring("discourse")
    poll = Poll.objects.get()
    assert poll.secret and shown(poll) == [("Yes & soon", 30), ("No", 1)]
    assert Ballot.objects.count() == 0


def test_several_choices_stay_several_and_are_shares_of_the_voters(bring, discourse):  # noqa: F811
    discourse.topic(discourse.post(polls=[asked((4, 3), type="multiple", voters=5)]))
    bring("discourse")
    poll = Poll.objects.get()
    assert (poll.method, poll.cells["ballots"]) == ("several", 5)


@pytest.mark.parametrize(
    ("post", "why"),
    [
        ({"polls": [asked((None, None), voters=4)]}, "their results are not in the export"),
        ({"polls": [asked()], "hidden": True}, "on posts that are not shown"),
        ({"polls": [asked()], "user_id": None, "username": None}, "their author has no account here"),
    ],
)
def test_a_poll_that_is_not_imported_is_counted_with_the_reason(post, why, bring, discourse):  # noqa: F811
    discourse.topic(discourse.post(), discourse.post(2, **post), discourse.post(3, polls=[asked()]))
    report = bring("discourse")
    assert report.skipped["polls"] == {why: 1}
    assert (report.added["polls"], Poll.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "poll",
    ["no poll", {}, asked(options=[{"html": "Yes"}]), asked(options=None), asked(voters="many"),
     asked(options=[{"id": 1, "html": "<b>Yes</b>", "votes": 1}, {"id": 2, "html": "yes", "votes": 1}])],
)  # fmt: skip
def test_a_broken_poll_is_reported_and_its_post_is_still_imported(poll, bring, discourse):  # noqa: F811
    discourse.topic(discourse.post(polls=[poll, asked()]))
    report = bring("discourse")
    assert report.skipped["polls"] == {"broken, listed above": 1} and len(report.warnings) == 1
    assert (report.added["posts"], report.added["polls"]) == (1, 1)


def test_an_import_from_before_there_were_polls_gets_them_with_the_next(bring, discourse):  # noqa: F811
    discourse.topic(discourse.post())
    bring("discourse")
    discourse.topic(discourse.post(polls=[asked()]))
    assert bring("discourse").added["polls"] == 1


def test_a_question_without_a_title_is_the_topics_or_the_one_in_the_post(bring, discourse):  # noqa: F811
    html = '<div class="poll" data-poll-name="two"><div class="poll-title">Milk &amp; sugar?</div><ul></ul></div>'
    polls = [asked(title=None, name="one"), asked(title=None, name="two")]
    discourse.topic(discourse.post(cooked=html, polls=polls))
    bring("discourse")
    assert list(Poll.objects.values_list("question", flat=True)) == ["Which trees?", "Milk & sugar?"]


@needs(URHO)
def test_the_polls_of_a_real_forum_say_what_they_said_there(bring, tmp_path):  # noqa: F811
    for file in URHO.rglob("*.json"):
        if '"polls"' in (topic := file.read_text()):
            (tmp_path / file.name).write_text(topic)
    bring("discourse", tmp_path)
    found = {poll.question: (poll.secret, shown(poll)) for poll in Poll.objects.all()}
    (title,) = (question for question in found if question.endswith("primary operating system?"))
    secret, systems = found[title]
    assert not secret and systems == [
        ("Linux", 16), ("Windows", 23), ("Something Apple", 4), ("Free/OpenBSD", 0), ("Something else", 0),
    ]  # fmt: skip
    assert found["Polling language popularity"] == (True, [("C++", 29), ("Scripting language", 11)])
    assert Ballot.objects.count() == 43 + 8


def test_a_poll_that_is_not_imported_keeps_its_text(bring, discourse):  # noqa: F811
    box = '<div class="poll" data-poll-name="{}"><ul><li>{}</li></ul><div class="poll-info">0 voters</div></div>'
    html = f"<p>Vote!</p>{box}"
    cooked = "".join(html.format(name, name.title()) for name in ("real", "unpublished", "unknown"))
    polls = [asked(name="real"), asked((None, None), name="unpublished", voters=4)]
    discourse.topic(discourse.post(cooked=cooked, polls=polls))
    report = bring("discourse")
    assert Comment.objects.get().body.split() == [
        "Vote!",
        "Vote!",
        "-",
        "Unpublished",
        "Vote!",
        "-",
        "Unknown",
    ]
    assert report.losses == []
