"""Starts, finds and stops a server process that outlives the process which started it."""

import importlib.util
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from config.management.operator_error import OperatorError

# Recovery after a power cut replays the write-ahead log, which takes time.
START_SECONDS = 120
STOP_SECONDS = 30
# How long a server may take to answer whether it is there.
ANSWER_SECONDS = 3


def binary(package: str, path: str) -> str:
    """The path of a program in an installed package. Does not import the package, which has side effects."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise OperatorError(f"{package} is not installed: run `uv sync`, or set DATABASE_URL and REDIS_URL.")
    return str(Path(spec.origin).parent / path)


def launch(command: list[str], log: Path, answers: Callable[[], bool]) -> None:
    """Start a server in a session of its own and wait until it answers. Raises OperatorError if it ends first."""
    # Signals are blocked, because an exception before the assignment would lose the server that was just started.
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    with log.open("ab") as output:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, held),
        )
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        _wait(server, log, answers)
    except BaseException:
        server.send_signal(signal.SIGINT)
        server.wait(STOP_SECONDS)
        raise
    server.returncode = 0  # Popen must not wait for it: the last user stops it by its pid file


def _wait(server: subprocess.Popen, log: Path, answers: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if server.poll() is not None or time.monotonic() > deadline:
            raise OperatorError(f"The embedded {log.stem} did not start: {last_words(log)} (more in {log})")
        time.sleep(0.02)


def last_words(log: Path) -> str:
    """The last line of a log, which usually names the error. Of a line in JSON, its error."""
    lines = log.read_text(errors="replace").strip().splitlines()
    last = lines[-1].strip() if lines else "its log is empty"
    with suppress(ValueError):
        event = json.loads(last)
        return event.get("exception", event["event"]).splitlines()[-1]
    return last


def running(pid_file: Path, sign: str) -> int | None:
    """The process id in a pid file, if the command line of that process contains `sign`.

    After a crash or in a restarted container, another process may have the number. A zombie has no command line.
    """
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if os.fsencode(sign) in command else None


def end(pid_file: Path, sign: str, *signals: signal.Signals) -> None:
    """Send one signal after the other until the process has ended. Waits STOP_SECONDS after each."""
    for number in signals:
        pid = running(pid_file, sign)
        if pid is None:
            return
        os.kill(pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while running(pid_file, sign) == pid and time.monotonic() < deadline:
            time.sleep(0.01)
