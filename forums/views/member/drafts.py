from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.db.models.functions import Left
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from config.web.limits import limit
from forums import markup
from forums.models import Category, Draft, Topic
from forums.models.notifications import mentions
from forums.posting.forms import DraftForm
from forums.views.finding import find_comment

SHOWN = 300
"""Characters of each draft in the list."""
CARRIED = ("topic", "parent", "token", "category", "title", "tags")
"""Fields of the form besides the text, which the preview page passes on."""


@login_required
def show_list(request):
    """List the member's drafts, newest first."""
    reachable = Q(topic=None) | Q(topic__in=Topic.objects.visible_to(request.user))
    drafts = Draft.objects.filter(reachable, member=request.user).select_related("topic", "parent__author")
    drafts = drafts.defer("body", "parent__body", "parent__body_html").annotate(beginning=Left("body", SHOWN))
    return render(request, "forums/drafts/list.html", {"drafts": drafts.order_by("-updated_at")[:100]})


@require_POST
@login_required
@limit("draft", member="120/m", address="1200/m")
def save(request):
    """Store the draft of a form, with the comment that it answers. An empty text deletes it."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    given = form.cleaned_data
    if given["parent"]:
        given["parent"] = find_comment(request.user, given["parent"])
    given["category"] = Category.objects.visible_to(request.user).filter(pk=given["category"]).first()
    return JsonResponse({"kept": Draft.objects.keep(request.user, **given)})


@require_POST
@login_required
def discard(request, pk):
    """Delete one of the member's drafts. No error if it is gone already."""
    request.user.drafts.filter(pk=pk).delete()
    return redirect("draft-list")


@require_POST
@login_required
@limit("preview", member="60/m", address="600/m")
def preview(request):
    """Show how a text will look."""
    try:
        rendered = mentions.render(markup.clean_body(request.POST.get("body", "")))
    except ValueError as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    if "text/x-piece" in request.headers.get("Accept", ""):
        return HttpResponse(rendered.html)
    topic = request.POST.get("topic", "")
    is_number = topic.isascii() and topic.isdecimal()
    context = {
        "html": rendered.html,
        "body": request.POST["body"],
        "action": reverse("comment-add", args=[topic]) if is_number else reverse("topic-new"),
        "carried": {name: request.POST[name] for name in CARRIED if name in request.POST},
    }
    return render(request, "forums/comments/preview.html", context)
