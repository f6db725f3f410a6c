from django import template
from django.urls import reverse
from django.utils.http import urlencode

register = template.Library()


@register.simple_tag(takes_context=True)
def entrance(context, page: str, to: str = "", at: str = "") -> str:
    """The address of `page`, to sign in or join, which leads back to this page, or to its element `at`.

    `to` says what the visitor wants to do, for the sentence in account/_why.html. No query.
    """
    request = context["request"]
    back = context.get("redirect_field_value")  # of a page to sign in or join
    if not back and request.method == "GET" and not request.path.startswith("/accounts/"):
        back = request.get_full_path() + (at and f"#{at}")
    asked = {name: value for name, value in (("to", to), ("next", back)) if value}
    return reverse(page) + (f"?{urlencode(asked)}" if asked else "")
