"""A process keeps first pages of lists for viewers with the same rights. Each of them still sees only their own."""

import re

import pytest

from forums.listing import topic_rows
from forums.models import Category, Visit
from forums.moderation.acts import topics
from tests.cast import member

NEW = re.compile(r'<a class="badge new"[^>]*>(\d+) new</a>')


@pytest.fixture
def loaded(monkeypatch):
    """Counts how often a first page is loaded."""
    calls = []
    load = topic_rows._load
    monkeypatch.setattr(topic_rows, "_load", lambda *given: calls.append(given) or load(*given))
    return calls


def test_each_sees_what_is_new_for_them(limes, opening, say, sign_in, ada, cleo, mod, loaded):
    for reader, latest in ((ada, 1), (cleo, 2)):
        Visit.objects.update_or_create(
            member=reader, topic=limes, defaults={"baseline_seq": latest, "latest_seq": latest}
        )
    say(opening)
    say(opening)
    browsers = [sign_in(each) for each in (ada, cleo, member("Dora"), mod)]
    for address in ("/", "/?list=new", "/?list=top", "/c/town/"):
        loaded.clear()
        for _ in range(2):
            shown = [NEW.findall(browser.get(address).text) for browser in browsers]
            assert shown == [["2"], ["1"], [], []]
        assert len(loaded) == 2, address  # the moderator has other rights


def test_every_change_shows_at_once(limes, opening, say, sign_in, open_topic, cleo, mod):
    browser = sign_in(cleo)
    rows = lambda address="/": re.findall(r'dir="auto">([^<]+)</a>', browser.get(address).text)  # noqa: E731
    assert rows() == ["Shall we plant limes?"]
    other = open_topic("Shall we dig a well?")
    assert rows() == ["Shall we dig a well?", "Shall we plant limes?"]
    say(opening)
    assert rows() == ["Shall we plant limes?", "Shall we dig a well?"]
    topics.pin(other, by=mod)
    assert rows() == ["Shall we dig a well?", "Shall we plant limes?"]
    topics.rename(limes, "Shall we plant oaks?", by=mod)
    assert rows() == ["Shall we dig a well?", "Shall we plant oaks?"]
    topics.hide(other, by=mod)
    assert rows() == ["Shall we plant oaks?"]


def test_rights_are_never_shared(vault, stewards, open_topic, sign_in, visitor, ada, ben, cleo):
    open_topic("Where is the key?", category=vault)
    ben.groups.add(stewards)
    root = member("Root", is_superuser=True)
    browsers = {
        name: sign_in(each) for name, each in (("ada", ada), ("ben", ben), ("cleo", cleo), ("root", root))
    }
    browsers["visitor"] = visitor
    for order in (list(browsers), list(reversed(browsers))):
        sees = {name: "Where is the key?" in browsers[name].get("/").text for name in order}
        assert sees == {"ada": False, "ben": True, "cleo": False, "root": True, "visitor": False}


def test_muted_categories_are_left_out_for_one(limes, open_topic, sign_in, ada, ben):
    room = Category.objects.create(name="Room", slug="room")
    open_topic("Elsewhere", category=room)
    ada.watches.create(category=room, level="muted")
    first, second = sign_in(ada), sign_in(ben)
    for _ in range(2):
        assert "Elsewhere" not in first.get("/").text
        assert "Elsewhere" in second.get("/").text
