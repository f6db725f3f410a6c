"""Authors choose tags in the form of a topic, within the rules of its category."""

from uuid import uuid4

import pytest

from accounts.models import Trust
from forums.models import Action, Filter, PendingPost, Tag, Topic
from forums.models.community.tag import name_of
from forums.models.discussion.category import Tagging
from forums.moderation import undoing
from forums.moderation.acts import pending


def send(browser, category, tags, **fields):
    said = {
        "category": category.pk,
        "title": "Limes",
        "body": "My long text.",
        "token": uuid4(),
        "tags": tags,
    }
    return browser.post("/new/", said | fields)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Garden", "garden"), (" Late  frost ", "late-frost"), ("snake_case", "snake-case"), ("C++", "c++"),
        (".NET", ".net"), ("Ⅷ", "viii"), ("Ünder", "ünder"), ("हिन्दी", "हिन्दी"), ("上海", "上海"), ("  ", ""),
    ],
)  # fmt: skip
def test_a_name_has_one_form(typed, name):
    assert name_of(typed) == name == name_of(name)


@pytest.mark.parametrize(
    "typed", ["a/b", "a'b", 'a"b', "a{b", "a\\b", "a,b", "a%b", "#", "..", "a" * 41, "a\x00b"]
)
def test_a_name_without_form_is_refused(typed):
    with pytest.raises(ValueError, match="tag"):
        name_of(typed)


def test_the_author_chooses_tags_and_changes_them(sign_in, ada, town):
    browser = sign_in(ada)
    send(browser, town, "Roses, late frost,, roses")
    topic = Topic.objects.get()
    assert topic.tags == ["late-frost", "roses"]
    address = f"/comments/{topic.comments.get().pk}/edit/"
    assert 'value="late-frost, roses"' in browser.get(address).text
    browser.post(address, {"title": "Limes", "body": "My long text.", "tags": "roses"})
    topic.refresh_from_db()
    assert (topic.tags, topic.version) == (["roses"], 2)
    browser.post(address, {"title": "Limes", "body": "My long text."})  # a form from before an upgrade
    assert Topic.objects.get().tags == ["roses"]


@pytest.mark.parametrize(
    ("rules", "tags", "sentence"),
    [
        ({"tagging": Tagging.NONE}, "oak", "Topics in Town have no tags."),
        ({"tagging": Tagging.LISTED}, "oak", "In Town you can choose among these tags: bees, pears."),
        ({"new_tags_from": Trust.REGULAR}, "oak", "There is no tag “oak” that you can choose."),
        ({"required_tags": 1}, "", "A topic in Town needs at least 1 tag."),
        ({}, "a, b, c, d, e, f", "Please choose at most 5 tags. You have named 6."),
        ({}, "a/b", "“a/b” cannot be a tag."),
    ],
)
def test_a_refusal_says_why_and_keeps_the_text(sign_in, ada, mod, town, rules, tags, sentence):
    Tag.objects.bulk_create([Tag(name="bees"), Tag(name="pears")])
    for name, value in ({"listed_tags": ["pears", "bees"]} | rules).items():
        setattr(town, name, value)
    town.save()
    answer = send(sign_in(ada), town, tags)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert "My long text." in answer.text
    assert answer.context["form"]["tags"].value() == tags
    allowed = "" if rules.get("tagging") == Tagging.NONE else "Pears"
    assert send(sign_in(ada), town, allowed).status_code == 303
    if rules:
        assert send(sign_in(mod), town, tags).status_code == 303  # moderators choose as they like


def test_a_topic_keeps_tags_that_its_category_does_not_allow(sign_in, ada, town, open_topic):
    topic = open_topic(tags=["old"])
    town.tagging = Tagging.NONE
    town.save()
    opening = topic.comments.get()
    answer = sign_in(ada).post(
        f"/comments/{opening.pk}/edit/", {"title": "Other", "body": "Text", "tags": "old"}
    )
    assert answer.status_code == 303
    assert Topic.objects.get().tags == ["old"]


def test_nobody_learns_of_tags_that_only_others_see(sign_in, ben, town, vault, open_topic):
    open_topic(category=vault, tags=["secret"])
    Tag.objects.create(name="code-word", synonym_of=Tag.objects.get(name="secret"))
    town.new_tags_from = Trust.REGULAR
    town.save()
    answers = [send(sign_in(ben), town, tags) for tags in ("secret", "code-word", "nothing")]
    sentences = [
        answer.text.partition("There is no tag")[2].partition("</")[0].partition("”")[2] for answer in answers
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert len(set(sentences)) == 1 and sentences[0]


def test_watched_words_are_refused_in_tags(sign_in, ada, town):
    Filter.objects.create(lines="casino", does="block")
    answer = send(sign_in(ada), town, "oak, my-casino")
    assert (answer.status_code, Topic.objects.count()) == (403, 0)
    assert "Please leave “casino” out of this." in answer.text and "My long text." in answer.text


def test_synonyms_are_resolved_when_somebody_writes(sign_in, ada, town, open_topic):
    open_topic(tags=["apples"])
    Tag.objects.create(name="apple", synonym_of=Tag.objects.get(name="apples"))
    send(sign_in(ada), town, "apple, apples, oak")
    assert Topic.objects.latest("pk").tags == ["apples", "oak"]


def test_a_pending_post_keeps_its_tags(ada, mod, town):
    said = {
        "author": ada,
        "token": uuid4(),
        "title": "Limes",
        "body": "Text",
        "category": town,
        "why": "first",
    }
    post, _ = PendingPost.objects.keep(tags=["oak"], **said)
    assert not Tag.objects.exists()
    pending.approve(post, by=mod)
    assert Topic.objects.get().tags == ["oak"]


def test_moderators_change_tags_and_take_it_back(sign_in, mod, open_topic):
    topic = open_topic(tags=["oak"])
    answer = sign_in(mod).post(f"/t/{topic.pk}/retag/", {"tags": "Elm, ash", "reason": "No oaks here"})
    assert answer.status_code == 303
    action = Action.objects.get()
    assert (action.verb, action.facts) == ("topic_tagged", {"from": ["oak"], "to": ["ash", "elm"]})
    assert Topic.objects.get().tags == ["ash", "elm"]
    undoing.undo(action, by=mod)
    assert Topic.objects.get().tags == ["oak"]


def test_moderators_who_edit_an_opening_change_its_tags_too(sign_in, mod, open_topic):
    opening = open_topic(tags=["oak"]).comments.get()
    said = {"title": opening.topic.title, "body": opening.body, "tags": "elm", "reason": "No oaks here"}
    sign_in(mod).post(f"/comments/{opening.pk}/edit/", said)
    action = Action.objects.get()
    assert (action.verb, action.facts) == ("comment_edited", {"tags": ["oak"], "tags_to": ["elm"]})
    undoing.undo(action, by=mod)
    assert Topic.objects.get().tags == ["oak"]
