"""A signal ends the block at any moment, even where Python swallows exceptions."""

import subprocess
import sys

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


def test_a_signal_during_a_finalizer_is_not_lost():
    ended = subprocess.run(
        [sys.executable, "-c", BUSY_IN_A_FINALIZER], capture_output=True, text=True, timeout=30, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
