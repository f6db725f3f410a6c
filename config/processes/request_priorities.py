"""Runs requests that write at a lower priority than requests that read, in each page worker."""

import signal
from concurrent.futures import ThreadPoolExecutor

from config.processes import priorities
from config.wsgi import application as site

LONGEST_SECONDS = 60
"""Twice as long as nginx waits. Statements end after seconds, so a request that takes this long hangs."""
READ_METHODS = {"GET", "HEAD"}
# Linux gives each thread its own priority. Each of the two threads answers one request at a time.
_writes = ThreadPoolExecutor(1, "writes", priorities.lower_thread)


def application(environ, start_response):
    """Answer reads here and writes in the other thread, so that thousands of writes hardly delay a page.

    If the answer takes LONGEST_SECONDS, the kernel ends this worker, whatever it does. granian then starts another.
    """
    signal.alarm(LONGEST_SECONDS)
    try:
        if environ["REQUEST_METHOD"] in READ_METHODS:
            return site(environ, start_response)
        return _writes.submit(site, environ, start_response).result()
    finally:
        signal.alarm(0)
