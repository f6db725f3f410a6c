"""An optional question at sign-up that programs cannot answer. None is built in.

CAPTCHA is the dotted path of a class, for example one that shows a provider's widget and checks with its server.
"""

from functools import cache
from typing import Protocol

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


class Captcha(Protocol):
    """The methods of such a class. It is instantiated once, without arguments."""

    def field(self) -> forms.Field:
        """The question as a field of the sign-up form.

        Its widget may add scripts through `media`. CONTENT_SECURITY_POLICY must allow their origin.
        """

    def verify(self, request: HttpRequest, value) -> None:
        """Raise ValidationError with a sentence if the answer is wrong."""


def chosen() -> Captcha | None:
    """The instance that the setting names, or None."""
    return _made(settings.CAPTCHA) if settings.CAPTCHA else None


@cache
def _made(path):
    return import_string(path)()
