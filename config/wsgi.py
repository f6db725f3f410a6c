"""The WSGI application that serves pages, for granian or gunicorn.

Each thread holds a database connection, so limit the threads: `granian --workers 4 --blocking-threads 1`.
"""

import os

from django.core.wsgi import get_wsgi_application

from config.engines.postgresql import timeouts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django = get_wsgi_application()


def application(environ, start_response):
    """Call Django after removing the charset from the content type, so that it decodes every request as UTF-8.

    Django accepts every codec of Python as a charset. Codecs that are no encoding, such as hex, make it fail
    before there is a request that a middleware could refuse.
    """
    timeouts.answer_requests()
    kind = environ.get("CONTENT_TYPE", "").split(";")
    environ["CONTENT_TYPE"] = ";".join(
        word for word in kind if "charset" not in word.partition("=")[0].lower()
    )
    return django(environ, start_response)
