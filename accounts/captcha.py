"""The place for a question that programs cannot answer, at sign-up. None is built in.

CAPTCHA names a class by its dotted path, for instance one that shows a provider's widget and asks its server.
"""

from functools import cache
from typing import Protocol

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


class Captcha(Protocol):
    """What such a class has; it is made once, without arguments."""

    def field(self) -> forms.Field:
        """The question, as a field of the sign-up form. Its widget may bring scripts along by `media`; their origin
        has to be allowed in CONTENT_SECURITY_POLICY."""

    def verify(self, request: HttpRequest, value) -> None:
        """Raises ValidationError with a sentence where the answer is wrong."""


def chosen() -> Captcha | None:
    """The site's, if it has one."""
    return _made(settings.CAPTCHA) if settings.CAPTCHA else None


@cache
def _made(path):
    return import_string(path)()
