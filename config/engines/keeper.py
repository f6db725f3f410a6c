"""Stops the engines after their last user was killed: `python -m config.engines.keeper DATA_DIR`."""

import signal
import sys
from pathlib import Path

from config.engines import locks
from config.engines.directories import Directories

if __name__ == "__main__":
    # A service manager signals all processes of a service at once. The keeper must survive to stop the engines.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    locks.keep(Directories(Path(sys.argv[1])))
