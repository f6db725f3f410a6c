"""Pages with holes: the shared part is rendered once, and nothing personal gets into it."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import engines as template_engines
from django.template.loaders import locmem

from config.caching import holes

TEMPLATES = {
    "page.html": '{% load holes %}{% include "head.html" %}<p>{{ title }}</p>'
    '{% hole "name" %}<b>{{ name }}</b>{% endhole %}'
    '{% if is_long %}{% hole "again" %}{{ name }}{% endhole %}{% endif %}',
    "head.html": '{% load holes %}<i>{% hole "user" %}{{ user.is_authenticated }}{% endhole %}</i>',
    "outside.html": "{% load holes %}{% if user.is_authenticated %}member{% endif %}",
    "hidden.html": "{% if title and user.is_staff %}staff{% endif %}",
    "own.html": "<p>{{ name|default:'' }}</p>",
    "twice.html": '{% load holes %}{% hole "a" %}1{% endhole %}{% include "other.html" %}{% include "other.html" %}',
    "kept.html": '{% load holes %}{% hole "a" %}{% kept "b" name %}{{ name }} {{ title }}{% endkept %}{% endhole %}',
    "around.html": '{% load holes %}{% kept "a" title %}{% hole "b" %}{{ name }}{% endhole %}{% endkept %}',
    "other.html": '{% load holes %}{% hole "b" %}2{% endhole %}',
}


@pytest.fixture
def asked(rf, engines, monkeypatch):
    """Asks for one of TEMPLATES: `asked(template, name, key)` returns the page."""
    engine = template_engines["django"].engine
    loader = locmem.Loader(engine, TEMPLATES)
    monkeypatch.setattr(engine, "template_loaders", [loader, *engine.template_loaders])

    def asked(template, name="Ada", key=None, **shared):
        request = rf.get("/")
        request.user = AnonymousUser()
        shared = {"title": "Limes"} | shared
        return holes.page(request, template, shared, {"name": name}, key or uuid4().hex, is_linked=True).text

    return asked


def test_viewers_share_all_but_the_contents_of_the_holes(asked, monkeypatch):
    monkeypatch.setattr(holes, "raises", False)
    key = uuid4().hex
    assert asked("page.html", "Ada", key) == "<i>False</i><p>Limes</p><b>Ada</b>"
    # The title belongs to the shared part, so another one shows only under another key.
    assert asked("page.html", "<Ben>", key, title="Oaks") == "<i>False</i><p>Limes</p><b>&lt;Ben&gt;</b>"
    assert asked("page.html", "Ben", title="Oaks") == "<i>False</i><p>Oaks</p><b>Ben</b>"
    assert asked("page.html", "Ada", is_long=True) == "<i>False</i><p>Limes</p><b>Ada</b>Ada"


def test_a_process_fills_pages_that_another_one_has_rendered(asked, monkeypatch):
    monkeypatch.setattr(holes, "raises", False)
    key = uuid4().hex
    asked("page.html", "Ada", key)
    holes._pages.recent.clear()
    holes._holes.clear()
    for loader in template_engines["django"].engine.template_loaders:
        if hasattr(loader, "reset"):
            loader.reset()
    assert asked("page.html", "Ben", key, title="Oaks") == "<i>False</i><p>Limes</p><b>Ben</b>"


@pytest.mark.parametrize(
    ("template", "error"),
    [
        ("outside.html", "user is read outside of a hole"),
        ("hidden.html", "user is read outside of a hole"),
        ("own.html", "name is read outside of a hole"),
        ("twice.html", "the hole other.html:b comes twice"),
        ("around.html", 'the part around.html:"a" contains a hole'),
    ],
)
def test_what_is_wrong_is_an_error_and_a_site_renders_the_page_plainly(asked, monkeypatch, template, error):
    with pytest.raises(holes.HoleError, match=error):
        asked(template)
    monkeypatch.setattr(holes, "raises", False)
    plain = {
        "outside.html": "",
        "hidden.html": "",
        "own.html": "<p>Ada</p>",
        "twice.html": "122",
        "around.html": "Ada",
    }
    assert asked(template) == plain[template]


def test_a_page_that_shows_more_than_its_key_names_fails_a_test(asked):
    asked("page.html", "Ada", key := uuid4().hex)
    with pytest.raises(holes.HoleError, match="more outside of its holes"):
        asked("page.html", "Ada", key, title="Oaks")


def test_a_part_is_kept_for_each_of_the_values_that_it_names(asked, monkeypatch):
    monkeypatch.setattr(holes, "raises", False)
    assert asked("kept.html", "Ada") == "Ada Limes"
    assert asked("kept.html", "<Ben>") == "&lt;Ben&gt; Limes"
    assert asked("kept.html", "Ada", title="Oaks") == "Ada Limes"  # so a part must name all that it shows


def test_a_part_that_shows_more_than_it_names_fails_a_test(asked):
    asked("kept.html", "Cleo")
    with pytest.raises(holes.HoleError, match="more than the values"):
        asked("kept.html", "Cleo", title="Oaks")
