from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from accounts.profiles import deletion
from forums.models import Comment
from forums.models.notifications import mentions
from tests.cast import member

REL = 'rel="nofollow ugc noopener"'


def linked(who, name=None):
    return f'<a href="/members/{who.pk}/" class="mention" {REL}>@{name or who.username}</a>'


def test_a_mention_links_to_the_id_of_the_member(ada, ben, opening, say):
    comment = say(opening, "@ADA: so says @ben.")
    assert comment.body_html == f"<p>{linked(ada, 'ADA')}: so says {linked(ben, 'ben')}.</p>"
    comment.edit(by=ben, body="Yes, @Ada.")
    assert Comment.objects.get(pk=comment.pk).body_html == f"<p>Yes, {linked(ada)}.</p>"


@pytest.mark.parametrize("name", ["Gąska", "Ga\u0328ska", "\uff27ąska"])
def test_a_mention_finds_the_name_in_any_spelling_that_is_stored_alike(db, name):
    goose = member("Gąska")
    rendered = mentions.render(f"@{name}")
    assert rendered == (f"<p>{linked(goose, name)}</p>", {"gąska"}, f"@{name}", ())


def test_a_name_of_nobody_is_plain_text(ada):
    member("Dora").emailaddress_set.update(verified=False)
    rendered = mentions.render("@Nobody and @Dora and @Ada")
    assert rendered.html == f"<p>@Nobody and @Dora and {linked(ada)}</p>"
    assert rendered.mentions == {"ada"}


def test_a_mention_does_not_lead_to_a_stranger_with_the_same_name(ada, ben, opening, say, visitor):
    dora = member("Dora")
    say(opening, "Hello @Dora")
    assert visitor.get(f"/members/{dora.pk}/").url == "/u/Dora/"
    deletion.delete(dora)
    member("Dora")
    assert visitor.get(f"/members/{dora.pk}/").status_code == 404
    assert visitor.get(f"/members/{2**70}/").status_code == 404


def test_texts_cost_one_query_for_all_names_and_none_without_names(ada, ben, django_assert_num_queries):
    html = '<p><a href="/u/Ada/" class="mention" rel="x">@Ada</a></p>'
    with django_assert_num_queries(1):
        assert mentions.link([html, "<p>a</p>", html.replace("Ada", "Ben")]) == [
            f'<p><a href="/members/{ada.pk}/" class="mention" rel="x">@Ada</a></p>',
            "<p>a</p>",
            f'<p><a href="/members/{ben.pk}/" class="mention" rel="x">@Ben</a></p>',
        ]
    with django_assert_num_queries(0):
        assert mentions.link(["<p>a</p>"]) == ["<p>a</p>"]
        assert mentions.render("me@example.org").mentions == frozenset()


def test_an_upgrade_links_the_mentions_of_members_who_were_there_when_it_was_written(ada, opening, say):
    later = member("Later", date_joined=opening.created_at + timedelta(days=1))
    comment, after, plain = say(opening), say(opening), say(opening, "Nobody.")
    old = " ".join(f'<a href="/u/{name}/" class="mention" {REL}>@{name}</a>' for name in ("Ada", "Later"))
    Comment.objects.filter(pk__in=[comment.pk, after.pk]).update(body_html=f"<p>{old}</p>")
    Comment.objects.filter(pk=after.pk).update(edited_at=later.date_joined)
    import_module("forums.migrations.0023_mentions_by_id").link(apps, None)
    assert list(Comment.objects.filter(seq__gt=1).order_by("seq").values_list("body_html", flat=True)) == [
        f"<p>{linked(ada)} @Later</p>",
        f"<p>{linked(ada)} {linked(later)}</p>",
        plain.body_html,
    ]
