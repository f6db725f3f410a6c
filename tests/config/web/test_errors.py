"""Bad input gets an error page with a 4xx status in the site's design, never a 500."""

import psycopg
import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError, connection
from django.http import Http404, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config import urls
from config.web import errors, logs
from config.web.limits import TooFast

handler400, handler403 = errors.bad_request, errors.forbidden
handler404, handler500 = errors.not_found, errors.server_error


@csrf_exempt
def echo(request):
    return HttpResponse(request.POST.get("text", ""))


def store(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text", [request.GET.get("text", "")])
    return HttpResponse("stored")


def count(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::bigint", [request.GET["number"]])
    return HttpResponse("counted")


def raises(exception):
    def view(request):
        raise exception

    return view


def raising(name):
    return path(f"{name}/", raises(VIEWS[name]))


VIEWS = {
    "bad": BadRequest("Choose one of the options."),
    "forbidden": PermissionDenied("This topic is locked."),
    "missing": Http404("secret reason"),
    "fast": TooFast(42),
    "broken": RuntimeError("boom"),
}
urlpatterns = [path("echo/", echo), path("store/", store), path("count/", count), *map(raising, VIEWS)]
urlpatterns += urls.urlpatterns  # a page in the site's design links to the rest of the site
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/bad/", 400, "Choose one of the options."),
        ("/forbidden/", 403, "This topic is locked."),
    ],
)
def test_a_refusal_says_why_in_the_page(client, address, status, sentence):
    answer = client.get(address)
    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert '<main id="main"' in answer.content.decode()


def test_missing_and_forbidden_look_the_same(client):
    missing, nowhere = client.get("/missing/"), client.get("/nowhere/")
    assert (missing.status_code, nowhere.status_code) == (404, 404)
    pages = [answer.content.decode().replace(answer["X-Request-ID"], "id") for answer in (missing, nowhere)]
    assert pages[0].replace("missing", "nowhere") == pages[1]  # also in the link to sign in and come back
    assert "secret reason" not in missing.content.decode()


def test_who_is_too_fast_learns_how_long_to_wait(client):
    answer = client.get("/fast/")
    assert (answer.status_code, answer["Retry-After"]) == (429, "42")


def test_a_failure_of_ours_gets_a_page_that_asks_nobody(client, django_assert_num_queries):
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        answer = client.get("/broken/")
    assert answer.status_code == 500
    assert "boom" not in answer.content.decode()


@pytest.mark.parametrize("address", ["/store/?text=%00", "/store/?a%00b=1", "/st%00ore/"])
def test_nul_in_an_address_is_refused(client, address):
    assert client.get("/store/?text=fine").content == b"stored"
    assert client.get(address).status_code == 400


def test_a_number_beyond_postgres_is_refused(client):
    assert client.get("/count/?number=12").content == b"counted"
    assert client.get(f"/count/?number={10**30}").status_code == 400


@pytest.mark.parametrize("address", ["/%ff%fe/", "/store%c0%80/", "/%ed%a0%80/"])
def test_an_address_that_is_not_text_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_a_body_beyond_the_limit_is_refused_with_413(client, settings):
    assert client.post("/echo/", {"text": "a" * 40_000}).content == b"a" * 40_000
    answer = client.post("/echo/", f"text={'a' * 1_000_000}", "application/x-www-form-urlencoded")
    assert answer.status_code == 413


def test_more_fields_than_any_form_has_are_refused(client):
    fields = "&".join(f"f{number}=1" for number in range(600))
    assert client.post("/echo/", fields, "application/x-www-form-urlencoded").status_code == 400


def test_a_broken_multipart_body_is_refused(client):
    assert client.post("/echo/", b"nonsense", "multipart/form-data").status_code == 400


def test_a_host_that_is_not_ours_is_refused(client):
    assert client.get("/store/", HTTP_HOST="127.0.0.1").status_code == 200
    assert client.get("/store/", HTTP_HOST="evil.example").status_code == 400


def test_a_form_from_elsewhere_is_refused_as_expired(settings):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/missing/")
    assert answer.status_code == 403
    assert "This form has expired." in answer.content.decode()


def test_a_log_line_without_a_database_has_no_traceback():
    away, broken = OperationalError("connection refused\nIs it running?"), OperationalError("deadlock")
    broken.__cause__ = psycopg.errors.DeadlockDetected()
    assert logs.shorten_outages(None, "error", {"event": "x", "exc_info": (type(away), away, None)}) == {
        "event": "x",
        "error": "connection refused",
    }
    kept = {"event": "x", "exc_info": (type(broken), broken, None)}
    assert logs.shorten_outages(None, "error", kept) == kept
