"""The public page of a member, their drawn picture, and ignoring them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import avatars
from accounts.identity.names import normalise
from accounts.middleware import same_for_everyone
from accounts.models import User
from accounts.profiles import sections
from config.caching import cache_tags, visitor_cache
from config.web.limits import limit


@require_safe
def show(request, name):
    """The page of a member, one section of it at a time."""
    visitor_cache.depends_on(
        request,
        cache_tags.CATEGORIES,
        cache_tags.LISTS,
        cache_tags.TEXTS,
        cache_tags.of_member(normalise(name)),
    )
    member = _find(request.user, name)
    if member.username != name:
        visitor_cache.keep_out(request)
        query = f"?{request.META['QUERY_STRING']}" if request.META["QUERY_STRING"] else ""
        return redirect(member.get_absolute_url() + query)
    section = sections.section(request.GET.get("tab", ""))
    if section is None and "tab" in request.GET:
        raise Http404
    if request.GET.keys() <= {"tab"}:
        visitor_cache.store_query(request)
    context = {"member": member, "sections": sections.sections(), "section": section}
    if section:
        template, rows = section.show(request, member)
        context["content"] = render_to_string(template, {**rows, "member": member}, request)
    if request.user.is_authenticated:
        context["is_ignored"] = member.pk in request.user.ignored_ids
        context["may_ignore"] = request.user.may_ignore(member)
    return render(request, "accounts/members/show.html", context)


@require_safe
def find(request, pk):
    """Redirect to the page of the member with this id, whom a mention names."""
    return redirect(get_object_or_404(User.objects.visible_to(request.user), pk=min(pk, 2**63 - 1)))


@require_safe
@same_for_everyone
@cache_control(public=True, max_age=31_536_000, immutable=True)
def avatar(request, name):
    """A picture drawn from the name alone, for any name. No query."""
    return HttpResponse(avatars.drawn(name), content_type="image/svg+xml")


@require_POST
@login_required
@limit("ignore", member="60/h", address="240/h")
def ignore(request, name):
    member = _find(request.user, name)
    try:
        request.user.ignore(member)
        messages.success(request, f"You now ignore {member}. Their comments are collapsed for you.")
    except ValidationError as error:
        messages.error(request, error.message)
    return _back(request, member)


@require_POST
@login_required
@limit("ignore", member="60/h", address="240/h")
def unignore(request, name):
    member = _find(request.user, name)
    request.user.unignore(member)
    messages.success(request, f"You no longer ignore {member}.")
    return _back(request, member)


def _find(viewer, name: str) -> User:
    return get_object_or_404(User.objects.visible_to(viewer).named(name).with_rights())


def _back(request, member):
    """Redirect to the page with the button. `next` must be a page of this host."""
    to = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return redirect(to if is_ours else member.get_absolute_url())
