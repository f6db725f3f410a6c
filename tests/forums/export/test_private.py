"""No text that visitors cannot read is in an export, whatever table it is in."""

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from tests.admin.factories import make_row

APPS = ("account", "accounts", "forums", "mfa", "polls", "socialaccount", "usersessions")
PUBLIC = {
    "accounts_user": {"username", "bio"},
    "forums_action": {"reason", "what"},
    "forums_category": {"name", "slug", "description"},
    "forums_comment": {"body", "body_html", "path"},
    "forums_debate": {"question"},
    "forums_frontpage": {"heading", "welcome"},
    "forums_outcome": {"title", "address", "decision", "decision_html", "carried_by"},
    "forums_outcomechange": {"decision", "carried_by"},
    "forums_revision": {"body"},
    "forums_rule": {"title", "text"},
    "forums_tag": {"name", "description"},
    "forums_topic": {"title", "slug", "excerpt"},
    "polls_entry": {"note"},
    "polls_option": {"wording"},
    "polls_poll": {"question", "seed"},
    "polls_secretballot": {"receipt"},
}
"""The columns with texts that visitors read. A new column is private until it is here."""
WORD = "quokka"


def private_columns(model):
    """The columns that hold free text and that no visitor may read."""
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField) and not (
            field.choices or field.generated
        )
        if is_text and field.column not in PUBLIC.get(model._meta.db_table, ()):
            yield field


def mark(models_) -> int:
    """Writes the word into every private text of every row. Returns how many were written."""
    written = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # the log refuses changes
        for model in models_:
            for field in private_columns(model):
                table, column = model._meta.db_table, field.column
                cursor.execute(
                    f'UPDATE {table} SET "{column}" = left(%s || ctid::text, %s)',
                    [WORD, field.max_length or 1000],
                )
                written += cursor.rowcount
    return written


@pytest.mark.django_db(transaction=True)
def test_no_private_text_of_any_table_is_in_the_export(site, export):
    own = [model for app in APPS for model in apps.get_app_config(app).get_models() if model._meta.managed]
    for model in own:
        if not model._default_manager.exists():
            make_row(model)
    assert mark(own) > 50
    path = export()
    files = [file.read_bytes() for file in path.rglob("*") if file.is_file()]
    assert len(files) > 20
    assert [data for data in files if WORD.encode() in data] == []
    assert any(b"I plant trees." in data for data in files)
