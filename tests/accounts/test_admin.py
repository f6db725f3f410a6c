import pytest
from django.contrib.auth.models import Group, Permission

from accounts.models import User
from forums.models import Category
from tests.cast import member

LIST = "/admin/accounts/user/"


@pytest.fixture
def chief(db, sign_in):
    return sign_in(User.objects.create_superuser("Chief", "chief@example.org", "x"))


def test_members_are_found_by_the_beginning_of_name_or_address(chief, ada, ben):
    for query in ("ad", "ADA@"):
        assert [found.username for found in chief.get(LIST, {"q": query}).context["cl"].result_list] == [
            "Ada"
        ]


def test_moderators_are_no_staff(ada, mod, sign_in):
    assert [sign_in(user).get(LIST).status_code for user in (ada, mod)] == [302, 302]


def test_a_member_can_be_added_and_changed_but_not_deleted(chief, ada):
    new = {"username": "Dora", "email": "d@example.org", "usable_password": "false"}
    assert chief.post(f"{LIST}add/", new).status_code == 302
    assert User.objects.filter(username="Dora").exists()
    assert chief.get(f"{LIST}{ada.pk}/change/").status_code == 200
    assert chief.get(f"{LIST}{ada.pk}/delete/").status_code == 403


def test_an_address_given_in_the_admin_is_the_one_they_sign_in_with(chief, ada):
    page = f"{LIST}{ada.pk}/change/"
    kept = {"theme": "dark", "time_zone": "UTC", "comment_sort": "best", "email_pace": "at_once"}
    assert chief.post(page, {"email": "ADA@new.example", **kept}).status_code == 302
    kept = User.objects.get(pk=ada.pk)
    assert kept.email == "ada@new.example"
    assert list(kept.emailaddress_set.values_list("email", "verified", "primary")) == [
        (kept.email, True, True)
    ]


def test_an_unproved_address_can_be_vouched_for(chief, ada):
    ada.emailaddress_set.update(verified=False)
    chief.post(LIST, {"action": "vouch", "_selected_action": [ada.pk]})
    assert ada.emailaddress_set.get().verified


def test_names_stay(chief, ada):
    chief.post(f"{LIST}{ada.pk}/change/", {"username": "Adele", "email": ada.email})
    assert User.objects.get(pk=ada.pk).username == "Ada"


def test_a_group_that_a_category_names_cannot_be_deleted(chief):
    group = Group.objects.create(name="Stewards")
    category = Category.objects.create(name="Vault", slug="vault", see_groups=[group.pk])
    page = f"/admin/auth/group/{group.pk}/delete/"
    assert chief.post(page, {"post": "yes"}).status_code == 403
    category.delete()
    assert chief.post(page, {"post": "yes"}).status_code == 302
    assert not Group.objects.filter(name="Stewards").exists()


def test_what_groups_may_do_is_for_administrators(chief, sign_in):
    clerks = Group.objects.create(name="Clerks")
    clerk = member("Clerk", is_staff=True)
    clerk.groups.add(clerks)
    of_groups = Permission.objects.filter(content_type__app_label="auth", content_type__model="group")
    clerk.user_permissions.set(of_groups)
    moderate = Permission.objects.get(codename="moderate", content_type__app_label="forums")
    page, sent = (
        f"/admin/auth/group/{clerks.pk}/change/",
        {"name": "Office", "permissions": [moderate.pk]},
    )
    assert sign_in(clerk).post(page, sent).status_code == 302
    assert sign_in(clerk).post("/admin/auth/group/add/", sent | {"name": "Others"}).status_code == 302
    assert list(Group.objects.filter(permissions=moderate, name__in=["Office", "Others"])) == []
    assert Group.objects.filter(name__in=["Office", "Others"]).count() == 2
    assert chief.post(page, sent).status_code == 302
    assert User.objects.get(pk=clerk.pk).is_moderator
    assert sign_in(clerk).post(page, {"name": "Clerks"}).status_code == 403
    assert sign_in(clerk).post(page.replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_who_moderates_a_category_is_for_administrators(chief, sign_in):
    clerks = Group.objects.create(name="Clerks")
    clerk = member("Clerk", is_staff=True)
    clerk.groups.add(clerks)
    clerk.user_permissions.set(Permission.objects.filter(content_type__model="category"))
    town = Category.objects.create(name="Town", slug="town")
    page = f"/admin/forums/category/{town.pk}/change/"
    sent = {
        "name": "The town",
        "slug": "town",
        "colour": "slate",
        "position": 1,
        "tagging": "any",
        "new_tags_from": 1,
        "required_tags": 0,
        "moderator_groups": [clerks.pk],
    }
    for browser, moderators in ((sign_in(clerk), []), (chief, [clerks.pk])):
        assert browser.post(page, sent).status_code == 302
        town.refresh_from_db()
        assert (town.name, town.moderator_groups) == ("The town", moderators)


def test_trust_is_pinned_and_let_go_in_the_list(chief, ada, mod):
    User.objects.filter(pk=ada.pk).update(trust=0)
    for action, trust, is_pinned in (
        ("pin_as_regular", 2, True),
        ("pin_as_new", 0, True),
        ("unpin", 0, False),
        ("pin_as_member", 1, True),
    ):
        chief.post(LIST, {"action": action, "_selected_action": [ada.pk]})
        member = User.objects.get(pk=ada.pk)
        assert (member.trust, member.trust_pinned_by is not None) == (trust, is_pinned)
    assert member.trust_pinned_by.username == "Chief"
