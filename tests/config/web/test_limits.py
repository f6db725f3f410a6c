"""Rate limits by member and by address, and which proxies may name the address."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from config.web import limits

pytestmark = pytest.mark.django_db


def ask(address="203.0.113.5", forwarded=None, user=None, method="POST"):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().generic(method, "/", REMOTE_ADDR=address, **headers)
    request.user = user or AnonymousUser()
    return request


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        ([], "198.51.100.9", "10.0.0.1"),
        (["10.0.0.0/8"], "198.51.100.9", "198.51.100.9"),
        (["10.0.0.0/8"], "1.1.1.1, 198.51.100.9", "198.51.100.9"),
        (["10.0.0.0/8"], "198.51.100.9, 10.0.0.2", "198.51.100.9"),
        (["10.0.0.0/8"], "nonsense", "10.0.0.1"),
        (["10.0.0.0/8"], "nonsense, 198.51.100.9", "198.51.100.9"),
        (["10.0.0.0/8"], "::ffff:198.51.100.9", "198.51.100.9"),
        (["192.0.2.0/24"], "198.51.100.9", "10.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, trusted, forwarded, address):
    settings.TRUSTED_PROXIES = trusted
    assert limits.client_address(ask("10.0.0.1", forwarded)) == address


def test_a_unix_socket_counts_as_this_machine():
    assert limits.client_address(ask(address="")) == "127.0.0.1"


def test_the_attempt_over_the_rate_waits_and_another_address_does_not():
    assert [limits.limited(ask(), "vote", "2/h") for _ in range(2)] == [0, 0]
    assert 0 < limits.limited(ask(), "vote", "2/h") <= 3600
    assert limits.limited(ask("203.0.113.6"), "vote", "2/h") == 0
    assert limits.limited(ask(), "post", "2/h") == 0


def test_a_household_of_ipv6_shares_one_limit():
    assert limits.limited(ask("2001:db8::1"), "vote", "1/h") == 0
    assert limits.limited(ask("2001:db8::2"), "vote", "1/h") > 0
    assert limits.limited(ask("2001:db8:0:1::1"), "vote", "1/h") == 0


def test_a_member_is_limited_whatever_the_address(ben, cleo):
    assert limits.limited(ask("203.0.113.5", user=ben), "vote", "1/h") == 0
    assert limits.limited(ask("203.0.113.6", user=ben), "vote", "1/h") > 0
    assert limits.limited(ask("203.0.113.6", user=cleo), "vote", "1/h") == 0


def test_a_limited_view_refuses_posts_and_leaves_reading_alone():
    @limits.Limit("vote", member="1/h", address="1/h", reads=False)
    def view(request):
        return "done"

    assert view(ask()) == "done"
    with pytest.raises(limits.TooFast) as refused:
        view(ask())
    assert 0 < refused.value.wait <= 3600
    assert limits.in_words(refused.value.wait) in str(refused.value)
    assert [view(ask(method="GET")) for _ in range(3)] == ["done"] * 3


def test_without_redis_nobody_is_held_up(redis_is):
    assert limits.limited(ask(), "vote", "1/h") == 0
    assert limits.limited(ask(), "vote", "1/h") > 0
    redis_is("away")
    assert [limits.limited(ask(), "vote", "1/h") for _ in range(3)] == [0, 0, 0]


def test_one_limit_has_one_rate():
    known = limits.declared["vote"]
    assert limits.limit("vote", member=known.member, address=known.address) is known
    with pytest.raises(ValueError, match="two different rates"):
        limits.limit("vote", member="9999/s")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "in 1 second"),
        (60, "in 60 seconds"),
        (61, "in 2 minutes"),
        (3600, "in 60 minutes"),
        (7201, "in 3 hours"),
    ],
)
def test_a_wait_is_said_in_the_unit_that_fits_and_never_too_short(seconds, words):
    assert limits.in_words(seconds) == words
