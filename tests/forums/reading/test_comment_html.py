"""A comment's HTML is cut at its slots, and every slot is filled."""

import re

import pytest

from accounts.models import Ignore
from forums.models import Vote
from forums.reading import comment_html


@pytest.mark.parametrize("who", ["visitor", "member", "member who ignores the author"])
def test_no_slot_is_left_in_a_page(who, limes, opening, say, ben, cleo, visitor, sign_in):
    say(opening, "A reply.", author=ben)
    if who == "member who ignores the author":
        Ignore.objects.create(member=cleo, ignored=ben)
    page = (visitor if who == "visitor" else sign_in(cleo)).get(limes.get_absolute_url()).text
    assert "A reply." in page
    assert [name for name in comment_html.SLOTS if f"\x02{name}\x02" in page] == []
    assert "\x02" not in page
    assert ("whom you ignore</summary>" in page) == (who == "member who ignores the author")


def test_a_comment_says_whose_it_is_and_each_of_its_buttons_which_comment_it_belongs_to(
    limes, opening, say, ben, cleo, sign_in, visitor
):
    comment = say(opening, "A reply.", author=ben)
    page = sign_in(cleo).get(limes.get_absolute_url()).text
    row = page.partition(f'id="comment-{comment.pk}"')[2].partition("</li>")[0]
    assert re.findall(r'aria-label="([^"]+)"', row) == [
        "Comment 2 by Ben",
        "Vote up comment 2",
        "Vote down comment 2",
        "Reply to comment 2",
        "Save comment 2",
        "More about comment 2",
    ]
    assert '<span class="spoken"> Branch of comment 2</span>' in row
    comment.delete_by_author()
    say(opening, "Another.", author=ben)
    assert "Comment 2 by Ben" not in visitor.get(limes.get_absolute_url()).text


def test_a_negative_score_has_a_minus_sign_and_no_hyphen(visitor, limes, opening, ben):
    Vote.objects.cast(opening, by=ben, value=-1)
    page = visitor.get(limes.get_absolute_url()).text
    assert '<span class="score">\N{MINUS SIGN}1</span>' in page
    assert '<dd data-fact="score">\N{MINUS SIGN}1</dd>' in page


def test_after_a_change_only_the_changed_comment_is_rendered(
    limes, opening, say, ben, cleo, visitor, mod, django_assert_num_queries
):
    comments = [opening, say(opening, "A reply.", author=ben), say(opening, "Another.", author=cleo)]
    visitor.get(limes.get_absolute_url())

    def loaded_after(change, queries):
        """The ids of the comments whose texts are loaded, because they are rendered. All other queries are
        two, and one for the facts of changed comments."""
        change()
        with django_assert_num_queries(queries) as captured:
            assert visitor.get(limes.get_absolute_url()).text.count(' id="comment-') == 3
        texts = [each["sql"] for each in captured if '"body_html"' in each["sql"]]
        return [int(pk) for sql in texts for pk in re.findall(r"ANY\(\(SELECT '\{(\d+)\}'", sql)]

    assert loaded_after(lambda: Vote.objects.cast(comments[1], by=cleo, value=1), 4) == [comments[1].pk]
    assert loaded_after(lambda: comments[2].edit(by=cleo, body="Other words."), 4) == [comments[2].pk]
    assert loaded_after(lambda: limes.lock(by=mod), 2) == []
    comment_html._recent.clear()  # as in another process
    assert loaded_after(limes.unlock, 2) == []
