"""Two lanes in each page worker: where the processor is short, whoever writes gives way to whoever reads."""

from concurrent.futures import ThreadPoolExecutor

from config import giving_way
from config.wsgi import application as site

READING = {"GET", "HEAD"}
# Linux weighs each thread by itself. One request is answered at a time in either lane.
_behind = ThreadPoolExecutor(1, "behind", giving_way.thread)


def application(environ, start_response):
    """The site's. A crowd that writes, thousands of texts in two minutes, then hardly delays a page."""
    if environ["REQUEST_METHOD"] in READING:
        return site(environ, start_response)
    return _behind.submit(site, environ, start_response).result()
