"""Starting, recognising and ending a server process that outlives whoever started it."""

import importlib.util
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from config.trouble import Trouble

# Recovery after a power cut reads the whole write-ahead log again; while the server lives, it is at work.
START_SECONDS = 120
STOP_SECONDS = 30


def binary(package: str, path: str) -> str:
    """A program inside an installed package, found without importing it: its import has side effects."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise Trouble(f"{package} is not installed: run `uv sync`, or set DATABASE_URL and REDIS_URL.")
    return str(Path(spec.origin).parent / path)


def launch(command: list[str], log: Path, answers: Callable[[], bool]) -> None:
    """Start a server in its own session and wait until it answers; Trouble if it ends before."""
    # No signal may part us from a server just started, before we know it.
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
    server.returncode = 0  # not ours to wait for: whoever is last stops it by its pid file


def _wait(server: subprocess.Popen, log: Path, answers: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if server.poll() is not None or time.monotonic() > deadline:
            raise Trouble(f"The embedded {log.stem} did not start: {last_words(log)} (more in {log})")
        time.sleep(0.02)


def last_words(log: Path) -> str:
    """The last line of a log, without trailing space."""
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"


def running(pid_file: Path, sign: str) -> int | None:
    """The process a pid file names, if its command line carries `sign`.

    After a crash or in a restarted container the number may be a stranger's; a zombie has no command line.
    """
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if os.fsencode(sign) in command else None


def end(pid_file: Path, sign: str, *signals: signal.Signals) -> None:
    """Send each signal in turn until the process is gone."""
    for number in signals:
        pid = running(pid_file, sign)
        if pid is None:
            return
        os.kill(pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while running(pid_file, sign) == pid and time.monotonic() < deadline:
            time.sleep(0.01)
