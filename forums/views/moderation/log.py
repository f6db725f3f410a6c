"""The public log of moderation."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.sign_in import second_factor
from config.caching import cache_tags, visitor_cache
from forums.access import acts, permissions, roles
from forums.listing import categories
from forums.listing.paging import Pages
from forums.markup import size
from forums.models import Action, Category, Rule
from forums.moderation import appeals, long_acts, public_log
from forums.moderation.forms import ReasonForm
from forums.views.finding import find_category
from forums.views.refusing import shows_refusals

TEXTS = 50
"""The most hidden texts on the page of an act."""


def show_list(request):
    """The log. `?verb=`, `?category=`, `?rule=` and, for moderators of the site, `?member=` filter it."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.LISTS)
    actions = Action.objects.with_context()
    for name, choose in _CHOICES.items():
        if value := request.GET.get(name, "")[:60].replace("\x00", ""):
            actions = choose(request.user, actions, value)
    pages = Pages(request, actions, ["-at", "-pk"])
    context = {
        "pages": pages,
        "entries": public_log.entries(pages, request.user),
        "verbs": acts.choices(),
        "rules": Rule.objects.all(),
        "categories": categories.tree(request.user),
        "may_choose_member": permissions.is_moderator(request.user),
    }
    return render(request, "forums/modlog/list.html", context)


def _of_verb(user, actions, value):
    if value not in acts.ACTS:
        raise BadRequest("The log has no such kind of entry.")
    return actions.filter(verb=value)


def _of_category(user, actions, value):
    return actions.filter(category=find_category(user, value))


def _of_rule(user, actions, value):
    if not value.isdecimal() or len(value) > 9:
        raise BadRequest("There is no such rule.")
    return actions.filter(rule=int(value))


def _of_member(user, actions, value):
    """Acts on one member. Only moderators of the site may see them, because the list would be a pillory."""
    if not permissions.is_moderator(user):
        raise PermissionDenied("Only moderators can filter the log by member.")
    if second_factor.is_missing(user):
        raise PermissionDenied(second_factor.ASKED)
    return actions.filter(member__in=User.objects.named(value))


_CHOICES = {"verb": _of_verb, "category": _of_category, "rule": _of_rule, "member": _of_member}


def show(request, pk):
    """One act. The member concerned reads their hidden text and how to appeal; moderators read all hidden texts."""
    action = _find(pk)
    entry = public_log.Entry(action, request.user)
    is_concerned = action.concerns(request.user)
    context = {"entry": entry, "action": action, "is_concerned": is_concerned, "form": ReasonForm()}
    if is_concerned:
        context["appeal"] = action.appeals.filter(by=request.user).first()
        context["why_not"] = appeals.why_not(request.user, action)
    if is_concerned or entry.is_moderated:
        sees_all = entry.is_moderated and not second_factor.is_missing(request.user)
        context["texts"], context["left_out"] = _texts(action, request.user, sees_all)
        context["second_factor_notice"] = second_factor.ASKED if entry.is_moderated and not sees_all else ""
    return render(request, "forums/modlog/show.html", context)


def _texts(action, viewer, sees_all):
    """The texts that the act has hidden, as far as the viewer may read them, and how many more there are.

    At most `TEXTS`, and fewer if their bytes reach `size.PAGE`.

    Those are the viewer's own and, for moderators, those in the categories that they moderate now. A text may have
    been moved out of their sight since, and changed there.
    """
    hidden = action.hidden_comments.filter(deleted_at=None)
    if action.verb in ("topic_hidden", "topic_restored") and action.topic is not None:
        hidden = action.topic.comments.filter(seq=1, deleted_at=None)
    theirs = Q(author=viewer)
    if sees_all:
        theirs |= Q(topic__category__in=Category.objects.moderated_by(viewer))
    found = hidden.filter(theirs)
    shown = found.first_within(TEXTS, size.PAGE, order=["pk"]).select_related("author").order_by("pk")
    return shown, found.count() - len(shown)


@require_POST
@shows_refusals
@login_required
@second_factor.required
def undo(request, pk):
    """Undo an act."""
    action = _find(pk)
    if not public_log.Entry(action, request.user).may_undo:
        if roles.role_of(request.user, action.category) is None:
            raise PermissionDenied("Only moderators do this.")
        raise appeals.NotDone("This cannot be undone, or has been already.")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise BadRequest("The reason is too long.")
    undone = long_acts.undo(action, by=request.user, reason=form.cleaned_data["reason"])
    return HttpResponseRedirect(undone.get_absolute_url(), status=303)


def _find(pk):
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(Action.objects.with_context(), pk=pk)
