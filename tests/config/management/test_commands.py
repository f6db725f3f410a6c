"""Management commands answer an operator's mistake with one sentence and exit code 1."""

import os
import shutil
import socket
import tempfile
from pathlib import Path

import pytest

from tests import processes

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def data():
    path = Path(tempfile.mkdtemp(prefix="fm-", dir="/tmp"))
    yield path
    assert processes.all_ended(path)
    shutil.rmtree(path)


def refused(answer):
    """Returns the sentence, and asserts that it is the only one."""
    code, output, errors = answer
    assert (code, output) == (1, "")
    assert errors.count("\n") == 1
    return errors.strip()


def test_a_port_in_use_is_named(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = refused(processes.manage("quickstart", "--port", str(port), data=data))
    assert sentence == (
        f"Port {port} is not free (Address already in use): end what uses it, "
        f"or choose another, for example --port {port + 10}."
    )


def test_a_directory_that_cannot_be_made_is_named(data):
    (data / "file").touch()
    sentence = refused(processes.manage("migrate", "--data", str(data / "file" / "var"), data=data))
    assert sentence == (
        f"{data / 'file' / 'var'} cannot be written (Not a directory): make it writable, "
        "or choose another directory with --data or FOLKMOOT_DATA."
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_is_not_ours_is_named(data):
    sentence = refused(processes.manage("migrate", "--data", "/proc/1/var", data=data))
    assert "/proc/1/var cannot be written" in sentence


def test_data_without_a_directory_is_explained(data):
    assert refused(processes.manage("check", "--data", data=data)) == (
        "--data needs a directory, for example --data var."
    )


def test_a_postgres_that_does_not_answer_is_named_without_its_password(data):
    url = f"postgres://ada:hush@127.0.0.1:{processes.free_port()}/forum"
    sentence = refused(
        processes.manage("migrate", data=data, DATABASE_URL=url, REDIS_URL="redis://127.0.0.1:1")
    )
    assert sentence.startswith(
        f"DATABASE_URL names a Postgres at {url.partition('@')[2]} that does not answer"
    )
    assert "hush" not in sentence


def test_help_and_checks_start_no_engine(data):
    assert processes.manage("help", data=data)[0] == 0
    assert processes.manage("check", data=data)[0] == 0
    assert not (data / "engines").exists()


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"DEBUG": "1"}, "DEBUG is on"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is *"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is unset"),
    ],
)
def test_serve_refuses_what_is_not_safe(data, settings, part):
    safe = {"SECRET_KEY": "x" * 50, "DEBUG": "0", "ALLOWED_HOSTS": "forum.example.org"}
    sentence = refused(processes.manage("serve", data=data, **safe | settings))
    assert sentence.startswith(f"This is not safe for production. {part}")
    assert sentence.count(";") == 0


def test_the_deployment_check_is_clean_in_production(data):
    code, _, errors = processes.manage(
        "check",
        "--deploy",
        "--fail-level=WARNING",
        data=data,
        SECRET_KEY="".join(map(chr, range(40, 120))),
        SITE_URL="https://forum.example.org",
        ALLOWED_HOSTS="forum.example.org",
    )
    assert (code, errors) == (0, "")


def test_in_a_new_directory_a_command_migrates_first_or_says_so(data):
    new = data / "new"
    new.mkdir()
    assert "migrations: run `python manage.py migrate` first." in refused(
        processes.manage("recount", data=new)
    )
    ballots = "tests/polls/fixtures/village.hil"
    sentence = refused(processes.manage("import_ballots", "blt", ballots, data=new))
    assert sentence == "There is no administrator. Choose a member with --author."
    shutil.rmtree(new)
    code, output, errors = processes.manage("demo", data=new)
    assert (code, errors) == (0, "")
    assert output.splitlines()[-1].startswith("Created ")
