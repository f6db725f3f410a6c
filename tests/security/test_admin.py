"""The admin can run a forum, but cannot break its rules."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from accounts.models import User
from accounts.profiles import export
from forums.access.permissions import EVERY_MEMBER
from forums.models import Category, Rule, Topic
from forums.moderation.acts import topics
from tests.cast import member


@pytest.fixture
def admin(db):
    return member("Root-of-all", is_staff=True, is_superuser=True)


@pytest.fixture
def clerk(db):
    """A member of staff who may only view and change members."""
    user = member("Clerk", is_staff=True)
    members = ContentType.objects.get_for_model(User)
    user.user_permissions.set(
        Permission.objects.filter(content_type=members, codename__in=["view_user", "change_user"])
    )
    return user


def category_form(**more):
    tags = {"tagging": "any", "new_tags_from": 1, "required_tags": 0}
    return {"name": "Shed", "slug": "shed", "colour": "slate", "position": 3, "description": ""} | tags | more


def test_categories_are_made_with_groups_by_name(sign_in, admin, stewards, town):
    browser = sign_in(admin)
    page = browser.get("/admin/forums/category/add/").text
    assert ("Stewards" in page, "Everyone signed in" in page) == (True, True)
    sent = category_form(parent=town.pk, see_groups=[stewards.pk, EVERY_MEMBER])
    assert browser.post("/admin/forums/category/add/", sent).status_code == 302
    shed = Category.objects.get(slug="shed")
    assert (shed.parent, set(shed.see_groups), shed.post_groups) == (town, {stewards.pk, EVERY_MEMBER}, [])
    address = f"/admin/forums/category/{shed.pk}/change/"
    assert browser.post(address, category_form(parent="")).status_code == 302
    assert Category.objects.get(slug="shed").see_groups == []


def test_categories_go_two_levels_deep_in_the_admin(sign_in, admin, town):
    shelf = Category.objects.create(name="Shelf", slug="shelf", parent=town)
    browser = sign_in(admin)
    assert browser.post("/admin/forums/category/add/", category_form(parent=shelf.pk)).status_code == 200
    assert not Category.objects.filter(slug="shed").exists()


def test_topics_and_comments_can_be_looked_at_and_not_touched(
    sign_in, admin, limes, opening, django_assert_max_num_queries
):
    browser = sign_in(admin)
    for address in (
        "/admin/forums/topic/",
        f"/admin/forums/topic/{limes.pk}/change/",
        "/admin/forums/comment/",
    ):
        assert browser.get(address).status_code == 200
    assert browser.get("/admin/forums/comment/add/").status_code == 403
    assert browser.post(f"/admin/forums/topic/{limes.pk}/change/", {"title": "Mine"}).status_code == 403
    assert browser.post(f"/admin/forums/comment/{opening.pk}/delete/", {"post": "yes"}).status_code == 403
    assert (
        browser.post("/admin/forums/topic/", {"action": "lock", "_selected_action": [limes.pk]}).status_code
        == 302
    )
    topic = Topic.objects.get(pk=limes.pk)
    assert (topic.title, topic.locked_by, topic.version > limes.version) == (limes.title, admin, True)
    assert topic.actions.get().verb == "topic_locked"


def test_who_changes_members_cannot_become_an_administrator(sign_in, clerk, admin, ben):
    browser = sign_in(clerk)
    address = f"/admin/accounts/user/{clerk.pk}/change/"
    sent = {
        "username": "Clerk",
        "email": clerk.email,
        "theme": "dark",
        "time_zone": "UTC",
        "comment_sort": "best",
        "email_pace": "at_once",
    }
    assert browser.post(address, sent | {"is_staff": "on", "is_superuser": "on"}).status_code == 302
    changed = User.objects.get(pk=clerk.pk)
    assert (changed.theme, changed.is_superuser) == ("dark", False)
    sent = {"usable_password": "true", "password1": "a-new-password-here", "password2": "a-new-password-here"}
    assert browser.post(f"/admin/accounts/user/{admin.pk}/password/", sent).status_code == 403
    assert browser.post(f"/admin/accounts/user/{ben.pk}/password/", sent).status_code == 302


def test_an_export_does_not_name_a_category_that_is_closed_to_its_owner(ada, limes, town, vault):
    part = export._parts["topics"]
    assert [topic["category_name"] for topic in part(ada)] == [town.name]
    limes.move(vault)
    assert [topic["category_name"] for topic in part(ada)] == [None]


def test_a_link_does_not_turn_the_page_around(sign_in, ben):
    browser = sign_in(ben)
    for link, status in (("https://a.example/\u202egpj.exe", 422), ("https://a.example/עברית", 302)):
        assert browser.post("/accounts/settings/profile/", {"bio": "", "links": link}).status_code == status


def test_the_words_of_a_rule_stay_once_something_names_it(sign_in, visitor, admin, mod, limes):
    rule = Rule.objects.create(position=2, title="off topic", text="Stay with the topic.")
    browser, page = sign_in(admin), f"/admin/forums/rule/{rule.pk}/change/"
    changed = {"position": 3, "title": "off the topic", "text": "Stay there.", "is_active": "on"}
    changed["statement_category"] = rule.statement_category
    assert "its number and words cannot be changed" in browser.get(page).text
    assert browser.post(page, changed).status_code == 302
    rule.refresh_from_db()
    assert str(rule) == "off the topic (rule 3)"
    action = topics.lock(limes, by=mod, rule=rule)
    later = changed | {"position": 4, "title": "anything", "text": "At all.", "is_active": ""}
    assert browser.post(page, later).status_code == 302
    rule.refresh_from_db()
    assert (str(rule), rule.text, rule.is_active) == ("off the topic (rule 3)", "Stay there.", False)
    assert "off the topic" in visitor.get(action.get_absolute_url()).text
