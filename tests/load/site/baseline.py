"""Pages that other pages are compared with: empty ones behind the site's middleware, and one of Django alone."""

from functools import reduce

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.template import Engine, RequestContext
from django.utils.module_loading import import_string

from config.web.limits import Limit

ADDRESS = "/bare/"
ROWS = 150
"""Rows of the page of Django alone, which then has 30 KB."""
STOCK = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
"""The middleware of a project that `startproject` has made. Its sessions are Django's own too."""
_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
_PAGE = Engine(context_processors=_PROCESSORS).from_string("""
<!doctype html><html data-viewer="{% if user.is_authenticated %}member{% else %}visitor{% endif %}">
<title>Rows</title><form method="post">{% csrf_token %}</form><p>{{ user.username }}</p>
{% for row in rows %}<article class="row {% if row.is_even %}even{% endif %}">
<h2><a href="{{ row.address }}">{{ row.title }}</a></h2>
<p>{{ row.number }} {{ row.number|pluralize:"reply,replies" }}</p>
<p>The same words in each row, as long as an excerpt.</p></article>
{% endfor %}</html>""")


class BareDjango:
    """Answers ADDRESS through Django's own middleware, in the same workers. Put it first."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response
        self.bare = reduce(_around, reversed(STOCK), _rows)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.bare(request) if request.path == ADDRESS else self.get_response(request)


def _around(inner, name):
    middleware = import_string(name)(inner)
    if isinstance(middleware, SessionMiddleware):
        middleware.SessionStore = SessionStore
    return middleware


def _rows(request):
    rows = [
        {"address": f"/t/{number}/", "title": f"Title {number}", "number": number, "is_even": number % 2 == 0}
        for number in range(ROWS)
    ]
    return HttpResponse(_PAGE.render(RequestContext(request, {"rows": rows})))


def empty(request: HttpRequest) -> HttpResponse:
    """Answer who asks. Reads the member, as each page does."""
    viewer = "member" if request.user.is_authenticated else "visitor"
    return HttpResponse(f'<html data-viewer="{viewer}">')


limited = Limit("baseline", member="1000000/m", address="1000000/m", reads=False)(empty)
