"""Stops the engines when their last user was killed: `python -m config.embedded.keeper DATA_DIR`."""

import signal
import sys
from pathlib import Path

from config.embedded import locks
from config.embedded.places import Places

if __name__ == "__main__":
    # A service manager ends all processes of a service at once; the keeper's work only begins then.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    locks.keep(Places(Path(sys.argv[1])))
