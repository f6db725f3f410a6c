"""Pages, for granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django = get_wsgi_application()


def application(environ, start_response):
    """Django's, reading every form and address as UTF-8 whatever they claim to be.

    To Django any codec that Python knows is an encoding, and it fails on those that are none, such as hex, before
    there is a request that a middleware could refuse.
    """
    kind = environ.get("CONTENT_TYPE", "").split(";")
    environ["CONTENT_TYPE"] = ";".join(
        word for word in kind if "charset" not in word.partition("=")[0].lower()
    )
    return django(environ, start_response)
