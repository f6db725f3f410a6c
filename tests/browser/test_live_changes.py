"""Changes to comments on an open page: the page updates them and keeps the reader's own state."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.topic_page import positions, row_of, shown_rows


@pytest.fixture
def topic(site):
    return site.do("open_topic", by="Ada")


@pytest.fixture
def limes(site, topic):
    return site.do("reply", by="Cleo", below=topic["opening"], body="Limes smell good.")


def prose(page, comment):
    return row_of(page, comment).locator("> .prose")


def press(page, comment, name):
    row_of(page, comment).locator("> .acts").get_by_role("button", name=name).click()


def test_an_edit_shows_and_the_readers_marks_stay(tab, site, topic, limes):
    below = site.do("reply", by="Ada", below=limes, body="They do.")
    page = tab("Ben", topic["address"])
    with page.expect_response("**/vote/up/"):
        press(page, limes, "Vote up")
    with page.expect_response("**/bookmark/"):
        press(page, limes, "Save")
    row_of(page, limes).locator("> .acts > .menu").click()
    site.do("edit", comment=limes, body="Limes smell **best**.")
    expect(prose(page, limes).locator("strong")).to_have_text("best")
    expect(row_of(page, limes).locator("> .meta a", has_text="edited")).to_be_visible()
    expect(row_of(page, limes)).to_have_class(re.compile("voted-up is-bookmarked"))
    expect(row_of(page, limes).locator("> .acts .up")).to_have_attribute("aria-pressed", "true")
    expect(row_of(page, limes).get_by_role("link", name="Link to this text").first).to_be_visible()
    expect(prose(page, below)).to_have_text("They do.")
    site.do("edit", comment=topic["opening"], body="Where, then?", title="Where shall limes stand?")
    expect(page.locator("h1")).to_have_text("Where shall limes stand?")
    expect(prose(page, topic["opening"])).to_have_text("Where, then?")
    expect(page).to_have_title(re.compile("Where shall limes stand"))
    expect(page).to_have_url(re.compile("/where-shall-limes-stand/"))
    press(page, limes, "Vote up")  # back again
    expect(row_of(page, limes)).not_to_have_class(re.compile("voted-up"))
    assert shown_rows(page) == shown_rows(tab("Ben", topic["address"]))


def test_an_edit_above_what_is_read_moves_nothing(tab, site, topic):
    ids = [site.do("reply", by="Cleo", below=topic["opening"], body="A long text. " * 60) for _ in range(8)]
    page = tab("Ben", f"{topic['address']}?sort=old")
    row_of(page, ids[5]).evaluate("row => row.scrollIntoView({ block: 'start', behavior: 'instant' })")
    before = positions(page)
    site.do("edit", comment=ids[1], body="Short now.")
    expect(prose(page, ids[1])).to_have_text("Short now.")
    assert positions(page)["rows"] == before["rows"] and positions(page)["scrolled"] < before["scrolled"]


def test_a_poll_that_opens_and_closes_above_what_is_read_moves_nothing(tab, site, topic):
    ids = [site.do("reply", by="Cleo", below=topic["opening"], body="A long text. " * 60) for _ in range(4)]
    rules = {"question": "Which?", "options": ["Oak", "Ash"], "opens_in": 6}
    poll = site.do("open_poll", by="Ada", topic=topic["id"], **rules)
    page = tab("Ben", f"{topic['address']}?sort=old")
    row_of(page, ids[2]).evaluate("row => row.scrollIntoView({ block: 'start', behavior: 'instant' })")
    before = positions(page)
    expect(page.get_by_role("radio", name="Oak")).to_have_count(1)
    opened = positions(page)
    site.do("close_poll", poll=poll)
    expect(page.get_by_role("radio", name="Oak")).to_have_count(0)
    closed = positions(page)
    assert before["rows"] == opened["rows"] == closed["rows"]
    assert before["scrolled"] < opened["scrolled"] > closed["scrolled"]


def test_words_that_are_being_selected_stay_until_they_are_let_go(tab, site, topic, limes):
    page = tab("Ben", topic["address"])
    prose(page, limes).dblclick()
    site.do("edit", comment=limes, body="Oaks, rather.")
    site.do("vote", by="Ada", comment=limes)
    expect(row_of(page, limes).locator("> .acts .score")).to_have_text("1")
    expect(prose(page, limes)).to_have_text("Limes smell good.")
    page.evaluate("getSelection().removeAllRanges()")
    expect(prose(page, limes)).to_have_text("Oaks, rather.")


def test_scores_and_the_accepted_answer_move_where_they_stand(tab, site, topic, limes):
    other = site.do("reply", by="Cleo", below=topic["opening"], body="Oaks.")
    page = tab("Ben", topic["address"])
    order = shown_rows(page)
    site.do("vote", by="Ada", comment=other)
    site.do("vote", by="Cleo", comment=topic["opening"])
    expect(row_of(page, other).locator("> .acts .score")).to_have_text("1")
    expect(page.locator("[data-fact=score]")).to_have_text("1")
    site.do("accept", comment=limes)
    expect(row_of(page, limes).locator("> .meta .solved")).to_have_text("accepted answer")
    expect(page.locator(".topic-face .solved")).to_have_text("answered")
    site.do("accept", comment=other)
    expect(row_of(page, other)).to_have_class(re.compile("is-accepted"))
    expect(row_of(page, limes).locator("> .meta .solved")).to_have_count(0)
    assert shown_rows(page) == order


def test_a_hidden_comments_text_disappears_even_where_it_waits_or_is_selected(tab, site, topic, limes):
    page = tab("Ben", topic["address"])
    waits = site.do("reply", by="Cleo", below=limes, body="Buy my watches")
    expect(page.locator(".live-bar")).to_have_text("1 new")
    prose(page, limes).dblclick()
    site.do("hide", comment=limes)
    site.do("hide", comment=waits)
    expect(page.locator(".discussion")).not_to_contain_text("Limes smell good.")
    expect(row_of(page, limes)).to_have_class(re.compile("is-gone"))
    expect(page.locator(".live-bar")).to_have_count(0)
    new = site.do("reply", by="Ada", below=topic["opening"], body="So it is.")
    page.locator(".live-bar").click()
    expect(row_of(page, new)).to_be_visible()
    expect(row_of(page, waits)).to_have_class(re.compile("is-gone"))
    expect(page.locator("body")).not_to_contain_text("Buy my watches")
    assert shown_rows(page) == shown_rows(tab("Ben", topic["address"]))


def test_a_deleted_comment_vanishes_but_for_whoever_is_answering_it(tab, site, topic, limes):
    page, writer = tab("Ben", topic["address"]), tab("Dora", topic["address"])
    row_of(writer, limes).locator("> .acts .reply").click()
    area = writer.locator(".comment > .composer textarea")
    area.press_sequentially("I was about to say")
    site.do("delete", comment=limes)
    expect(row_of(page, limes)).to_have_count(0)
    expect(page.get_by_text("No replies yet.")).to_be_visible()
    expect(prose(writer, limes)).to_have_text("Deleted by its author.")
    expect(area).to_have_value("I was about to say")


def test_a_spammers_comments_go_and_come_back_to_their_places(tab, site, topic, limes):
    spam = site.do("reply", by="Eve", below=topic["opening"], body="Buy my watches")
    site.do("reply", by="Ada", below=topic["opening"], body="Later.")
    page = tab("Ben", f"{topic['address']}?sort=old")
    action = site.do("remove_spammer", member="Eve")
    expect(row_of(page, spam)).to_have_count(0)
    site.do("undo", action=action)
    expect(page.locator(".live-bar")).to_have_text("1 new")
    page.locator(".live-bar").click()
    expect(row_of(page, spam)).to_be_visible()
    assert shown_rows(page) == shown_rows(tab("Ben", f"{topic['address']}?sort=old"))


def test_a_lock_and_a_pin_show_and_what_was_written_stays(tab, site, topic, limes):
    page, moderator = tab("Ben", topic["address"]), tab("Mod", topic["address"])
    row_of(page, limes).locator("> .acts .reply").click()
    page.locator(".comment > .composer textarea").press_sequentially("Half a thought")
    site.do("moderate", topic=topic["id"], verb="lock")
    site.do("moderate", topic=topic["id"], verb="pin")
    expect(page.locator(".topic-face")).to_contain_text("locked")
    expect(page.locator(".topic-face")).to_contain_text("pinned")
    expect(page.locator(".reply-end")).to_contain_text("This topic is locked")
    expect(page.locator(".comment > .composer .notice")).to_contain_text("Your text stays here.")
    expect(page.locator(".comment > .composer textarea")).to_have_value("Half a thought")
    expect(row_of(page, topic["opening"]).locator("> .acts .reply")).to_be_hidden()
    for name in ("Unlock", "Unpin"):
        expect(moderator.get_by_role("button", name=name, exact=True)).to_be_visible()
    site.do("moderate", topic=topic["id"], verb="unlock")
    expect(page.locator(".reply-end textarea")).to_be_visible()
    expect(page.locator(".comment > .composer .notice")).to_have_count(0)
    page.locator(".comment > .composer").get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".comment.is-mine > .prose")).to_have_text("Half a thought")


@pytest.mark.console_errors(r"status of 404 .* \(/t/\d+/changes/")
def test_a_topic_that_is_moved_or_taken_away_ends_for_those_who_may_not_follow(tab, site, topic, limes):
    member, steward = tab("Ben", topic["address"]), tab("Ada", topic["address"])
    site.do("move", topic=topic["id"], category="vault")
    expect(steward.locator(".topic-face .crumbs")).to_contain_text("Vault")
    expect(member.locator(".live-state")).to_have_text("You can no longer see this topic.")
    new = site.do("reply", by="Ada", below=limes, body="Among ourselves")
    expect(row_of(steward, new)).to_be_visible()
    site.do("reply", by="Mod", below=limes, body="And I")
    expect(steward.locator(".live-bar")).to_have_text("1 new")
    expect(member.locator("body")).not_to_contain_text("Among ourselves")
    expect(member.locator(".live-bar")).to_have_count(0)
    assert member.request.get(topic["address"]).status == 404


def test_a_branch_that_is_split_off_goes_and_the_composer_in_it_stays(tab, site, topic, limes):
    ids = site.do("chain", by="Ada", below=limes, length=3)
    page = tab("Ben", topic["address"])
    row_of(page, ids[1]).locator("> .acts .reply").click()
    page.locator(".comment > .composer textarea").press_sequentially("But surely")
    site.do("split", comment=ids[0], title="Another matter")
    expect(row_of(page, ids[2])).to_have_count(0)
    composer = page.locator(".reply-end .composer").first
    expect(composer.locator("textarea")).to_have_value("But surely")
    expect(composer.locator(".draft-state")).to_have_text("Draft saved")
    new = site.do("reply", by="Ada", below=limes, body="On we go")
    expect(page.locator(".live-bar")).to_have_text("1 new")
    page.locator(".live-bar").click()
    expect(row_of(page, new)).to_be_visible()
    assert shown_rows(page) == shown_rows(tab("Ben", topic["address"]))
    composer.get_by_role("button", name="Reply").click()
    expect(page.locator(".comment .prose", has_text="But surely")).to_be_visible()
    expect(page.get_by_role("heading", name="Another matter")).to_be_visible()
    composer.get_by_role("button", name="Reply").click()
    expect(page.locator(".comment .prose", has_text="But surely")).to_be_visible()
    expect(page.get_by_role("heading", name="Another matter")).to_be_visible()
