import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Ignore, Trust, User
from accounts.models import ignore as ignoring
from accounts.profiles import sections
from tests.cast import member


def test_one_query_fetches_the_viewer_with_everything_pages_ask(
    ada, ben, mod, sign_in, django_assert_num_queries
):
    group = mod.groups.get()
    mod.ignore(ben)
    client = sign_in(mod)
    client.get("/u/Mod/avatar.svg")
    client.get("/accounts/settings/")
    with django_assert_num_queries(1):
        viewer = client.get("/accounts/settings/").wsgi_request.user
        assert (viewer.group_ids, viewer.ignored_ids, viewer.is_moderator) == ((group.pk,), (ben.pk,), True)
    viewer = sign_in(ada).get("/accounts/settings/").wsgi_request.user
    assert (viewer.group_ids, viewer.ignored_ids, viewer.is_moderator) == ((), (), False)


def test_members_fetched_otherwise_answer_the_same(ben, mod):
    mod.ignore(ben)
    assert (len(mod.group_ids), mod.ignored_ids, mod.is_moderator) == (1, (ben.pk,), True)
    assert (ben.group_ids, ben.ignored_ids, ben.is_moderator) == ((), (), False)


def test_a_permission_given_in_person_makes_a_moderator(ada, mod, sign_in):
    ada.user_permissions.add(mod.groups.get().permissions.get())
    assert sign_in(ada).get("/accounts/settings/").wsgi_request.user.is_moderator
    assert set(User.objects.staff()) == {ada, mod}


def test_administrators_moderate(db, sign_in):
    chief = User.objects.create_superuser("Chief", "chief@example.org", "x")
    assert sign_in(chief).get("/accounts/settings/").wsgi_request.user.is_moderator is True


def test_pages_for_visitors_ask_the_database_nothing_about_them(ada, visitor, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert visitor.get("/u/Ada/avatar.svg").status_code == 200


@pytest.mark.parametrize("spelling", ["ada", "ADA", "aDa"])
def test_a_profile_has_one_address(ada, visitor, spelling):
    answer = visitor.get(f"/u/{spelling}/?tab=comments")
    assert (answer.status_code, answer["Location"]) == (302, "/u/Ada/?tab=comments")


@pytest.mark.parametrize("path", ["/u/Nobody/", "/u/%ff%fe/", f"/u/{'x' * 5000}/", "/u/Ada/?tab=nothing"])
def test_what_is_not_there_is_missing(ada, visitor, path):
    assert visitor.get(path).status_code == 404
    assert visitor.get("/u/Ada/").status_code == 200


def test_what_a_member_says_about_themselves_is_shown_as_text(ada, visitor):
    User.objects.filter(pk=ada.pk).update(
        bio="<script>alert(1)</script>\nbees", links=["https://example.org/?a=1&b=<2>"]
    )
    page = visitor.get("/u/Ada/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>bees" in page
    assert '<a href="https://example.org/?a=1&amp;b=&lt;2&gt;" rel="nofollow ugc noopener">' in page


def test_a_section_of_another_app_is_shown_on_the_profile(ada, ben, sign_in, monkeypatch):
    monkeypatch.setattr(sections, "_sections", {})
    reader = sign_in(ben)  # Visitors share a cached page, and this one was cached before the section existed.
    assert "tabs" not in reader.get("/u/Ada/").content.decode()
    sections.register(
        "bees", "Bees", lambda request, member: ("components/_empty.html", {"title": f"{member}'s bees"})
    )
    page = reader.get("/u/Ada/").content.decode()
    assert '<a href="?tab=bees" aria-current="page">Bees</a>' in page
    assert "<h2>Ada&#x27;s bees</h2>" in page


def test_ignoring_is_a_button_on_the_profile_and_so_is_the_way_back(ada, ben, sign_in):
    client = sign_in(ada)
    assert 'formaction="/u/Ben/ignore/"' in client.get("/u/Ben/").content.decode()
    assert client.post("/u/ben/ignore/").url == "/u/Ben/"
    client.post("/u/Ben/ignore/")
    assert list(Ignore.objects.values_list("member", "ignored")) == [(ada.pk, ben.pk)]
    assert 'formaction="/u/Ben/unignore/"' in client.get("/u/Ben/").content.decode()
    assert (
        client.post("/u/Ben/unignore/", {"next": "/accounts/settings/ignored/"}).url
        == "/accounts/settings/ignored/"
    )
    assert Ignore.objects.count() == 0


def test_the_way_back_leads_nowhere_else(ada, ben, sign_in):
    assert sign_in(ada).post("/u/Ben/ignore/", {"next": "//evil.example/"}).url == "/u/Ben/"


def test_nobody_ignores_moderators_or_themselves(ada, ben, mod, sign_in):
    client = sign_in(ada)
    assert "Ignore" not in client.get("/u/Mod/").content.decode()
    assert [client.post(f"/u/{name}/ignore/").status_code for name in ("Mod", "Ada", "Ben")] == [
        403,
        403,
        302,
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        Ignore.objects.create(member=ada, ignored=ada)


def test_a_visitor_is_sent_to_sign_in_and_a_link_does_not_ignore(ben, visitor, sign_in, ada):
    assert visitor.post("/u/Ben/ignore/").url == "/accounts/login/?next=/u/Ben/ignore/"
    assert sign_in(ada).get("/u/Ben/ignore/").status_code == 405


def test_the_list_of_the_ignored_stays_short(ada, ben, cleo, monkeypatch):
    monkeypatch.setattr("accounts.models.user.MOST_IGNORED", 1)
    ada.ignore(ben)
    with pytest.raises(ValidationError):
        ada.ignore(cleo)
    assert ignoring.MOST_IGNORED == 500


def test_names_are_suggested_by_their_beginning_without_suspended_deleted_and_unconfirmed_members(
    ada, ben, eve
):
    member("adam")
    member("Adele", is_active=False)
    member("Adrian").emailaddress_set.update(verified=False)
    assert [found.username for found in User.objects.suggested_for("\uff21D")] == ["Ada", "adam"]
    assert not User.objects.suggested_for("ev").exists()
    assert not User.objects.suggested_for("a\0").exists()
    assert not User.objects.suggested_for("%").exists()


def test_suggestions_ignore_accents_and_put_exact_beginnings_first(db):
    for name in ("Gąska", "Gasthof", "Gęś", "Verner"):
        member(name)
    assert [found.username for found in User.objects.suggested_for("gas")] == ["Gasthof", "Gąska"]
    assert [found.username for found in User.objects.suggested_for("gą")] == ["Gąska", "Gasthof"]
    assert [found.username for found in User.objects.suggested_for("ver")] == ["Verner"]


@pytest.mark.parametrize("name", ["GĄSKA", "  Ga\u0328ska ", "\uff27ąska"])
def test_a_name_is_found_in_any_spelling_that_is_stored_alike(ada, name, visitor):
    goose = member("Gąska")
    assert list(User.objects.named(name)) == [goose]
    assert User.objects.of_login(name) == goose
    assert visitor.get(f"/u/{name}/")["Location"] == "/u/G%C4%85ska/"
    assert visitor.get("/u/Gąska/").status_code == 200


def test_a_name_is_not_found_by_one_that_only_looks_like_it(ada):
    for name in ("Gąska", "Gaska", "G\0", ""):
        assert not User.objects.named(name).exists()


@pytest.mark.parametrize("verb", ["", "report/"])
def test_nobody_else_sees_a_member_whose_address_is_not_confirmed(ada, ben, mod, sign_in, visitor, verb):
    ada.emailaddress_set.update(verified=False)
    for address in (f"/u/Ada/{verb}", f"/members/{ada.pk}/"):
        seen = {who: client.get(address, follow=True).status_code for who, client in {
            "visitor": visitor, "Ben": sign_in(ben), "Ada": sign_in(ada), "Mod": sign_in(mod),
        }.items()}  # fmt: skip
        assert seen == {
            "visitor": 404 if "report" not in address else 200,
            "Ben": 404,
            "Ada": 200,
            "Mod": 200,
        }
    ada.emailaddress_set.update(verified=True)
    assert visitor.get("/u/Ada/").status_code == 200


def test_a_member_without_an_address_is_seen(visitor, db):
    User(username="Grace").save()
    assert visitor.get("/u/Grace/").status_code == 200


def test_the_database_refuses_a_second_name_or_address_in_another_spelling(ada):
    for second in (
        User(username="ADA", email="x@example.org"),
        User(username="Adb", email="ADA@example.org"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            second.save()
    User(username="Adc", email="").save()
    User(username="Add", email="").save()


def test_links_of_new_members_show_once_they_are_known(ada, visitor, monkeypatch):
    monkeypatch.setattr("config.caching.visitor_cache.FRESH_SECONDS", 0)
    User.objects.filter(pk=ada.pk).update(links=["https://shop.example/"], trust=Trust.NEW)
    assert "shop.example" not in visitor.get("/u/Ada/?tab=topics").content.decode()
    User.objects.filter(pk=ada.pk).update(trust=Trust.MEMBER)
    assert "shop.example" in visitor.get("/u/Ada/?tab=comments").content.decode()
