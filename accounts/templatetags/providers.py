from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def has_providers() -> bool:
    """Whether one can sign in by an account elsewhere. allauth's own tag asks the database on every page."""
    return bool(settings.OIDC_PROVIDERS)
