"""`manage.py doctor` prints one line for each finding and exits with 1 if something is wrong."""

import shutil
import tempfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from config.management import doctor_checks
from config.management.commands import doctor
from config.management.operator_error import OperatorError
from tests import processes


@pytest.fixture
def data():
    path = Path(tempfile.mkdtemp(prefix="fm-", dir="/tmp"))
    yield path
    assert processes.all_ended(path)
    shutil.rmtree(path)


@pytest.fixture
def registered(monkeypatch):
    """Registers a check for one test only."""
    monkeypatch.setattr(doctor_checks, "_registered", [])
    return doctor_checks.register


def lines(printed):
    """The findings as pairs of label and sentence."""
    return [tuple(line.split(maxsplit=1)) for line in printed.splitlines()]


def run():
    output = StringIO()
    call_command("doctor", stdout=output)
    return lines(output.getvalue())


@pytest.mark.django_db
def test_an_app_registers_a_check_and_its_findings_are_printed(registered):
    registered(lambda: iter([(True, "The bridge stands"), (None, "The bridge is wet")]))
    found = run()
    assert found[-3:-1] == [("good", "The bridge stands"), ("warn", "The bridge is wet")]
    assert "WRONG" not in dict(found)


@pytest.mark.django_db
def test_a_wrong_finding_and_an_error_are_counted(registered):
    def broken():
        yield True, "The first half stands"
        raise OperatorError("The bridge has fallen: build it again.")

    registered(broken)
    registered(lambda: iter([(False, "The ferry is away")]))
    with pytest.raises(OperatorError, match=r"^2 of \d+ need attention\.$"):
        run()


def test_without_a_data_directory_nothing_crashes(data):
    missing = data / "not" / "there"
    urls = {
        "DATABASE_URL": f"postgres://ada@127.0.0.1:{processes.free_port()}/x",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    code, output, errors = processes.manage(
        "doctor", "--data", str(missing), data=data, SECRET_KEY="k" * 50, **urls
    )
    assert code == 1
    assert f"good   {missing} (it does not exist yet) has " in output
    assert "does not answer" in output
    assert errors.count("\n") == 1 and errors.endswith(" need attention.\n")
    assert not missing.exists()


@pytest.mark.parametrize(
    ("port", "state", "sentence"),
    [(1, False, "The mail server at EMAIL_URL cannot be used"), (None, None, "Nobody gets mail")],
)
def test_mail_that_nobody_gets_is_reported(settings, port, state, sentence):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}" if port else ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_FILE_PATH = "127.0.0.1", port, "/tmp/mail"
    [(found, said)] = doctor.mail()
    assert (found, said.startswith(sentence)) == (state, True)
