"""Creates rows once for all tests of a module that only read them, or change them in their own transaction."""

import pytest
from django.db import transaction


@pytest.fixture(scope="module")
def create_shared(django_db_setup, django_db_blocker):
    """Calls a function that creates rows, and returns its result: `create_shared(build)`.

    The rows stay until the end of the module. Each test runs in a transaction inside theirs, so every test finds them
    as they were created. Not for modules with tests that commit. Return ids or copies to the tests, not the objects.
    """
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()

    def create(build):
        with django_db_blocker.unblock():
            return build()

    yield create
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
