"""Signals end what they should, even where Python swallows exceptions; the supervisor rotates logs."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from django.db import connection, transaction

from config.processes import signals, supervisor
from tests import processes

BUSY_IN_A_FINALIZER = """
import os, signal, time
from config.processes import signals

class Slow:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.1)

with signals.until_stopped():
    Slow()
    time.sleep(10)
    print("went on")
"""
# Each import ends with such a callback, so Ctrl-C during the first second of a command often meets one.
BUSY_IN_A_CALLBACK = """
import os, signal, time, weakref
from config.processes import signals

signal.signal(signal.SIGINT, signal.default_int_handler)
signals.raise_at_ctrl_c()
class Thing: pass
def cb(reference):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.1)
thing = Thing()
reference = weakref.ref(thing, cb)
try:
    del thing
    time.sleep(10)
    print("went on")
except KeyboardInterrupt:
    print("ended")
"""


@pytest.mark.parametrize(
    ("script", "output"), [(BUSY_IN_A_FINALIZER, ""), (BUSY_IN_A_CALLBACK, "ended\n")], ids=["TERM", "Ctrl-C"]
)
def test_a_signal_is_not_lost_where_python_drops_exceptions(script, output):
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, output, "")


SLOW_COMMIT = """
    CREATE TEMP TABLE slow (id int);
    CREATE FUNCTION pg_temp.wait() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        EXECUTE FUNCTION pg_temp.wait();
"""


@pytest.fixture
def restored_handlers():
    handlers = {number: signal.getsignal(number) for number in signals.SIGNALS}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.django_db(transaction=True)
def test_a_signal_during_a_commit_cancels_it(restored_handlers):
    """Otherwise the connection is still busy when Django tidies up, and its error takes the place of the signal."""
    with connection.cursor() as cursor:
        cursor.execute(SLOW_COMMIT)
    ending = threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGTERM])
    ending.start()
    ended = True
    with signals.until_stopped():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO slow VALUES (1)")
        ended = False
    ending.join()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM slow")
        assert (ended, cursor.fetchone()) == (True, (0,))
    connection.close()  # and with it what SLOW_COMMIT has made


def test_a_log_that_is_too_large_is_set_aside_while_its_process_writes(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "MAX_LOG_SIZE", 10)
    (tmp_path / "jobs.log").write_text("small")
    with (tmp_path / "pages.log").open("ab", buffering=0) as log:
        log.write(b"the first lines")
        for _ in range(2):
            supervisor.rotate_logs(tmp_path)
        log.write(b"next")
    names = ("jobs.log", "pages.log", "pages.old.log")
    assert [(tmp_path / name).read_text() for name in names] == ["small", "next", "the first lines"]
    assert len(list(tmp_path.iterdir())) == 3


HANG = """
from config.processes import request_priorities
request_priorities.LONGEST_SECONDS = 1
def hang(environ, start_response):
    while environ["REQUEST_METHOD"] == "GET":
        pass
    return []
request_priorities.site = hang
assert request_priorities.application({"REQUEST_METHOD": "POST"}, None) == []
request_priorities.application({"REQUEST_METHOD": "GET"}, None)
"""


@pytest.mark.processes
def test_a_worker_whose_request_hangs_ends_so_that_it_is_replaced(tmp_path):
    code, _, _ = processes.finish(
        processes.start("-c", HANG, data=tmp_path, DJANGO_SETTINGS_MODULE="config.settings")
    )
    assert code == -signal.SIGALRM
