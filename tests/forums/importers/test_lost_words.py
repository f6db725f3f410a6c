"""No word of a post disappears silently, and a repair brings back what an earlier import has lost."""

import pytest

from forums.importers.texts.conversion import prepare
from forums.models import Comment, Notification, OutboxEvent

PLAYER = '<p>a</p><audio controls><source src="https://x.example/a.mp3"></audio><p>kept?</p>'


@pytest.mark.parametrize(
    ("html", "lost"),
    [
        ("<p>One <b>t</b>wo</p><svg><text>three four</text></svg><p>five</p>", ["three", "four"]),
        (PLAYER, []),
        ('<p>x</p><embed src="https://x.example/a"><p>kept</p>', []),
        ("<dl><dt>term</dt><dd>meaning</dd></dl><p>w<wbr>ord &amp; more</p>", []),
        ('<div class="poll"><ul><li>Option</li></ul></div><aside class="onebox"><p>Preview</p></aside>', []),
        ("<script>var x</script><p>words</p>", []),
        ("<p>" + "&amp; word " * 18_000 + "</p>", None),
    ],
)
def test_the_words_that_a_conversion_loses_are_known(html, lost):
    found = prepare(html, is_html=True, base=None).lost
    assert found == lost if lost is not None else len(found) > 1_000


def test_markdown_loses_no_words():
    body = "A [link](https://x.example/path?q=é), **bold**, `code` and ~~gone~~.\n\n- [ ] task\n\n[^1]: note &amp; more"
    assert prepare(body, is_html=False, base=None).lost == []


def test_the_report_lists_each_loss(bring, discourse):
    discourse.topic(
        discourse.post(1, cooked=PLAYER),
        discourse.post(2, cooked="<p>a</p><svg><text>three four</text></svg>"),
    )
    report = bring("discourse")
    assert report.notes() == (
        "Posts of which words are missing here: 1 (2 words)\n  which-trees.1.json, post 2: 2 (three four)"
    )
    assert bring("discourse").notes() == ""


def test_a_repair_converts_again_what_its_members_have_not_edited(bring, discourse):
    discourse.topic(*(discourse.post(number, cooked=PLAYER) for number in (1, 2, 3, 4)))
    bring("discourse")
    first, edited, deleted, last = Comment.objects.order_by("seq")
    good = first.body_html
    edited.edit(by=edited.author, body="My own words.")
    deleted.delete_by_author()
    Comment.objects.filter(pk__in=[first.pk, last.pk]).update(body="a", body_html="<p>a</p>")
    version = first.topic.version

    assert bring("discourse").repaired == 0
    report = bring("discourse", repairs=True)

    assert report.notes() == "Texts repaired: 2"
    comments = Comment.objects.order_by("seq")
    assert [each.body_html for each in comments] == [good, "<p>My own words.</p>", "", good]
    assert [each.edited_at for each in comments if each.pk in (first.pk, last.pk)] == [None, None]
    first.topic.refresh_from_db()
    assert first.topic.version > version
    assert "kept?" in first.topic.excerpt
    assert not Notification.objects.exists()
    assert not OutboxEvent.objects.filter(comment__in=[first, last]).exists()
    assert bring("discourse", repairs=True).repaired == 0


def test_a_text_that_is_too_large_is_cut_and_the_report_says_so(bring, discourse):
    discourse.topic(discourse.post(1, cooked="<ul>" + "<li>an item</li>" * 9_000 + "</ul><p>end</p>"))
    report = bring("discourse")
    comment = Comment.objects.get()
    assert comment.body_html.endswith("<p><em>The rest of this text is too large to be shown.</em></p>")
    assert report.notes().startswith("Posts of which words are missing here: 1 (")
