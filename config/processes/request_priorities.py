"""Runs requests that write at a lower priority than requests that read, in each page worker."""

from concurrent.futures import ThreadPoolExecutor

from config.processes import priorities
from config.wsgi import application as site

READING = {"GET", "HEAD"}
# Linux gives each thread its own priority. Each of the two threads answers one request at a time.
_behind = ThreadPoolExecutor(1, "behind", priorities.thread)


def application(environ, start_response):
    """Answer reads here and writes in the other thread, so that thousands of writes hardly delay a page."""
    if environ["REQUEST_METHOD"] in READING:
        return site(environ, start_response)
    return _behind.submit(site, environ, start_response).result()
