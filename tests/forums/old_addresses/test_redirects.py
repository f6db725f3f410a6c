"""The old host of an imported forum answers only with redirects. They reveal nothing to outsiders."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from forums.models import Comment, OldAddress
from forums.old_addresses import unserved_hosts

HOST = "old.example.org"
SITE = "https://forum.example.org"


@pytest.fixture
def old_host(settings):
    """A browser at the old host, where nobody is signed in."""
    settings.OLD_HOSTS, settings.SITE_URL = [HOST], SITE
    return Client(headers={"host": f"{HOST.upper()}:80"})


@pytest.fixture
def reply(limes, opening, ben) -> Comment:
    return limes.reply(author=ben, parent=opening, body="Yes.", token=None)


@pytest.fixture
def old_addresses(opening, reply, ben, town):
    for key, target in {
        "t/385": {"comment": opening},
        "t/385/4": {"comment": reply},
        "u/benny": {"member": ben},
        "c/3": {"category": town},
        "t=9": {"comment": opening},
        "p=10": {"comment": reply},
        "list/trees/15": {"comment": reply},
    }.items():
        for host in (HOST, "forum.example.org"):
            OldAddress.objects.create(host=host, key=key, **target)


def status_and_location(answer):
    return answer.status_code, answer.headers.get("Location")


def test_an_old_address_leads_to_the_right_page_with_one_query(
    old_host, old_addresses, limes, reply, django_assert_num_queries
):
    topic, comment = f"{SITE}{limes.get_absolute_url()}", f"{SITE}/comments/{reply.pk}/"
    for address, page in {
        "/t/which-trees/385": topic,
        "/t/385": topic,
        "/t/which-trees/385/4?u=ben": comment,
        "/t/385/4": comment,
        "/t/which-trees/385/77": topic,
        "/u/Benny": f"{SITE}/u/Ben/",
        "/c/trees/3": f"{SITE}/c/town/",
        "/viewtopic.php?t=9": topic,
        "/phpbb/viewtopic.php?f=1&t=9&p=10": comment,
    }.items():
        with django_assert_num_queries(1):
            answer = old_host.get(address)
        assert status_and_location(answer) == (301, page), address
    with django_assert_num_queries(0):
        assert status_and_location(old_host.get("/")) == (301, f"{SITE}/")


def test_the_old_host_serves_nothing_but_redirects(old_host, old_addresses, limes):
    Client().get(limes.get_absolute_url())  # fills the cache of pages, which does not know hosts
    for address in (limes.get_absolute_url(), "/admin/", "/static/x.css", "/healthz", "/accounts/login/"):
        for answer in (old_host.get(address), old_host.post(address)):
            assert answer.headers["Location"] == f"{SITE}/moved/{HOST}{address}"
            assert (answer.status_code, answer.content) == (302, b"")
            assert not {"Set-Cookie", "Strict-Transport-Security"} & answer.headers.keys()


def test_short_addresses_here_are_our_own(old_host, old_addresses, limes, client):
    OldAddress.objects.filter(key="t/385").update(key=f"t/{limes.pk}/5")
    assert client.get(f"/t/{limes.pk}/5/").headers["Location"] == limes.get_absolute_url()


def test_a_forum_that_kept_its_name_keeps_its_long_addresses(old_host, old_addresses, limes, reply, client):
    topic, comment = limes.get_absolute_url(), f"/comments/{reply.pk}/"
    for address, page in {
        "/t/which-trees/385": topic,
        "/t/which-trees/385/4": comment,
        "/users/benny": "/u/Ben/",
        "/viewtopic.php?t=9&p=10": comment,
        "/pipermail/trees/2011-March/000015.html": comment,
    }.items():
        assert status_and_location(client.get(address)) == (302, page)
    assert client.get("/t/which-trees/386").status_code == 404
    assert client.get("/c/town").headers["Location"] == "/c/town/"


def test_outsiders_cannot_tell_a_private_topic_from_a_missing_one(
    old_host, old_addresses, limes, vault, stewards, cleo, client
):
    limes.move(vault)
    for address in ("/t/trees/385", "/t/trees/385/4", "/t/trees/386", "/viewtopic.php?t=9"):
        moved = old_host.get(address)
        assert status_and_location(moved) == (302, f"{SITE}/moved/{HOST}{address}")
        answer = client.get(moved.headers["Location"].removeprefix(SITE))
        assert (answer.status_code, limes.slug in answer.content.decode()) == (404, False)
    cleo.groups.add(stewards)
    client.force_login(cleo)
    answer = client.get(f"/moved/{HOST}/t/trees/385")
    assert status_and_location(answer) == (302, limes.get_absolute_url())


def test_hosts_that_are_not_configured_are_refused(old_host, old_addresses, client):
    assert client.get("/moved/other.example.org/t/trees/385").status_code == 404
    assert Client(headers={"host": "other.example.org"}).get("/t/trees/385").status_code == 400


def test_an_address_goes_with_its_member(old_host, old_addresses, ben):
    from accounts.profiles import deletion

    deletion.delete(ben)
    assert not OldAddress.objects.filter(key="u/benny").exists()


def test_doctor_names_hosts_that_are_not_configured(old_host, old_addresses, settings, monkeypatch):
    assert list(unserved_hosts.findings()) == []
    settings.OLD_HOSTS = []
    assert list(unserved_hosts.findings()) == [
        (None, f"Old addresses of {HOST} were imported: once its name leads here, add it to OLD_HOSTS.")
    ]
    settings.OLD_HOSTS = ["localhost", HOST]
    settings.ALLOWED_HOSTS = ["localhost"]
    output = StringIO()
    with pytest.raises(Exception, match="need attention"):
        call_command("doctor", stdout=output)
    assert "localhost is in OLD_HOSTS and is a name of this site" in output.getvalue()
