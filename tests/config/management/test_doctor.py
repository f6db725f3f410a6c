"""`manage.py doctor` prints one line for each finding and exits with 1 if something is wrong."""

import json
import re
import shutil
import tempfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from config.doctor import installation
from config.management import doctor_checks
from config.management.commands import doctor
from config.management.operator_error import OperatorError
from forums.tree import recount
from tests import processes
from tests.forums.conftest import limes, open_topic, town  # noqa: F401


@pytest.fixture
def data():
    path = Path(tempfile.mkdtemp(prefix="fm-", dir="/tmp"))
    yield path
    assert processes.all_ended(path)
    shutil.rmtree(path)


@pytest.fixture
def registered(monkeypatch, queued):
    """Registers a check for one test only. No task of an earlier test waits in the broker then."""
    monkeypatch.setattr(doctor_checks, "_registered", [])
    return doctor_checks.register


def lines(printed):
    """The findings as pairs of label and sentence."""
    return [tuple(line.split(maxsplit=1)) for line in printed.splitlines()]


def run():
    output = StringIO()
    call_command("doctor", stdout=output)
    return lines(output.getvalue())


@pytest.fixture
def durable(monkeypatch):
    """Takes the engines of tests for durable ones."""
    monkeypatch.setattr(installation, "DURABLE", {})


@pytest.mark.django_db
def test_an_app_registers_a_check_and_its_findings_are_printed(registered, durable):
    registered(lambda: iter([(True, "The bridge stands"), (None, "The bridge is wet")]))
    found = run()
    assert found[-3:-1] == [("good", "The bridge stands"), ("warn", "The bridge is wet")]
    assert "WRONG" not in dict(found)


@pytest.mark.django_db
def test_a_wrong_finding_and_an_error_are_counted(registered, durable):
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
    [(found, said)] = doctor.mail_server()
    assert (found, said.startswith(sentence)) == (state, True)


@pytest.mark.django_db
def test_programs_read_json_and_a_test_mail_is_sent(mailoutbox, registered, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    registered(lambda: iter([(None, "The bridge is wet: wait.")]))
    output = StringIO()
    with pytest.raises(OperatorError):  # the engines of tests are not durable
        call_command("doctor", json=True, mail="ada@example.org", stdout=output)
    found = json.loads(output.getvalue())
    assert {"state": "warn", "finding": "The bridge is wet: wait."} in found
    assert [mail.to for mail in mailoutbox] == [["ada@example.org"]]
    said = " ".join(each["finding"] for each in found)
    assert "A crash of Postgres loses posts (fsync=off" in said
    for word in (
        "case of all letters",
        "static files",
        "Uploads",
        "the proxy",
        "does not answer",
        "WebSocket",
        "work",
    ):
        assert word.lower() in said.lower(), word


@pytest.mark.django_db
def test_every_problem_has_a_remedy(registered, settings, limes):  # noqa: F811
    settings.HTTPS, settings.TRUSTED_PROXIES = True, []
    settings.SITE_URL = f"http://127.0.0.1:{processes.free_port()}"
    type(limes).objects.update(comment_count=7)
    registered(recount.findings)
    output = StringIO()
    with pytest.raises(OperatorError):
        call_command("doctor", json=True, stdout=output)
    problems = [each["finding"] for each in json.loads(output.getvalue()) if each["state"] != "good"]
    assert any("of the latest topics are wrong" in each for each in problems)
    assert [each for each in problems if not re.search(r"[:.;] \S", each)] == []
