"""Stops the engines after their last user was killed: `python -m config.embedded.keeper DATA_DIR`."""

import signal
import sys
from pathlib import Path

from config.embedded import locks
from config.embedded.places import Places

if __name__ == "__main__":
    # A service manager signals all processes of a service at once. The keeper must survive to stop the engines.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    locks.keep(Places(Path(sys.argv[1])))
