"""The admin shows every table, at a cost that does not depend on its number of rows."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, ForeignKeyRawIdWidget
from django.contrib.auth.models import Group
from django.db import connection
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Block, User
from forums.models import BlockedPicture, Category, Filter, FrontPage, Rule, Tag
from tests.admin.factories import make_row

MOST_QUERIES = 12
OURS = ("accounts", "forums", "polls")
CHANGEABLE = {User, Group, Category, Rule, Filter, FrontPage, Block, BlockedPicture, Tag}
"""The models that the admin may add and change. All others are history, or depend on counters of other rows."""
REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
every_model = pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)


def address(model, page="changelist", *key):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=key)


def ask(browser, where, **query):
    """Returns the response, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(where, query)
    return answer, len(queries)


def test_every_model_of_ours_has_its_place():
    inline = {each.model for shown in admin.site._registry.values() for each in shown.inlines}
    ours = {model for app in OURS for model in apps.get_app_config(app).get_models()}
    assert len(ours) > 15
    assert ours - set(admin.site._registry) - inline == set()


@every_model
def test_a_list_costs_the_same_for_more_rows(sign_in, root, model):
    make_row(model)
    browser = sign_in(root)
    browser.get(address(model))
    few, cost = ask(browser, address(model))
    for _ in range(4):
        make_row(model)
    many, cost_of_many = ask(browser, address(model))
    assert len(many.context["cl"].result_list) >= len(few.context["cl"].result_list) + 4
    assert cost_of_many <= cost <= MOST_QUERIES


@every_model
def test_a_row_can_be_looked_at(sign_in, root, model):
    answer, cost = ask(sign_in(root), address(model, "change", make_row(model).pk))
    assert answer.status_code == 200
    assert cost <= MOST_QUERIES


@every_model
def test_a_search_answers_whatever_is_asked(sign_in, root, model):
    make_row(model)
    browser = sign_in(root)
    for words in ("1", "Member", "100% 'o\\", "9" * 40, "a@b.example"):
        answer, cost = ask(browser, address(model), q=words)
        assert (words, answer.status_code, cost <= MOST_QUERIES) == (words, 200, True)


@every_model
def test_no_column_can_be_asked_for_that_the_list_does_not_offer(sign_in, root, model):
    row, browser = make_row(model), sign_in(root)
    column = next(field for field in model._meta.concrete_fields if not field.primary_key)
    for condition in ("__gt", "__startswith", "__isnull"):
        query = {f"{column.attname}{condition}": "1"}
        assert browser.get(address(model), query).status_code == 400
    assert browser.get(address(model), {"id__exact": row.pk}).status_code in (200, 302)


@every_model
def test_only_a_few_can_be_changed_here(sign_in, root, model):
    row, browser = make_row(model), sign_in(root)
    statuses = {
        browser.get(address(model, "add")).status_code,
        browser.post(address(model, "change", row.pk), {}).status_code,
        browser.post(address(model, "delete", row.pk), {"post": "yes"}).status_code,
    }
    assert (statuses == {403}) == (model not in CHANGEABLE)


@every_model
def test_no_form_lists_a_whole_table_to_choose_from(root, model):
    request = RequestFactory().get("/")
    request.user = root
    shown = admin.site._registry[model]
    forms = [shown.get_form(request, make_row(model), change=True)]
    forms += [each.get_formset(request).form for each in shown.get_inline_instances(request)]
    for form in forms:
        for field in form.base_fields.values():
            if isinstance(field, ModelChoiceField) and not isinstance(field, ModelMultipleChoiceField):
                widget = getattr(field.widget, "widget", field.widget)
                assert isinstance(widget, ForeignKeyRawIdWidget | AutocompleteSelect), (form, field.label)
