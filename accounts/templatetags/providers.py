from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def has_providers() -> bool:
    """Whether members can sign in with an account elsewhere. No query, unlike allauth's own tag."""
    return bool(settings.OIDC_PROVIDERS)
