"""CSRF tokens have the form that Django gives them, and all characters are equally likely."""

from collections import Counter

from django.middleware import csrf
from django.test import RequestFactory

from config.web.middleware import draw_token


def test_tokens_are_drawn_evenly_from_all_allowed_characters():
    drawn = [draw_token() for _ in range(4_000)]
    assert {len(token) for token in drawn} == {csrf.CSRF_SECRET_LENGTH}
    assert len(set(drawn)) == len(drawn)
    counted = Counter("".join(drawn))
    assert set(counted) == set(csrf.CSRF_ALLOWED_CHARS)
    usual = 4_000 * csrf.CSRF_SECRET_LENGTH / len(csrf.CSRF_ALLOWED_CHARS)
    assert all(0.85 * usual < count < 1.15 * usual for count in counted.values())  # seven standard deviations


def test_django_uses_them_and_accepts_them():
    request = RequestFactory().get("/")
    first, second = csrf.get_token(request), csrf.get_token(request)
    assert csrf._get_new_csrf_string is draw_token
    assert first != second
    assert csrf._does_token_match(first, request.META["CSRF_COOKIE"])
    assert csrf._does_token_match(second, request.META["CSRF_COOKIE"])
