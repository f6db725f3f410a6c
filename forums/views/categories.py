from django.shortcuts import render

from config import sharing, stamps
from forums import categories, lists, permissions, watching
from forums.lists import TopicList
from forums.views.finding import find_category


def show_list(request):
    """Show every category that the viewer may see."""
    sharing.depends(request, stamps.CATEGORIES)
    return render(request, "forums/categories/list.html", {"categories": categories.tree(request.user)})


def show(request, slug):
    """Show the topics of a category and of the categories below it."""
    sharing.depends(request, stamps.CATEGORIES, *lists.tags(request))
    category = find_category(request.user, slug)
    chosen = watching.levels(request.user)
    context = {
        "category": category,
        "watch": chosen.get(category.pk),
        "inherited": chosen.get(category.parent_id),
        "list": TopicList(request, category),
        "may_post": permissions.may_post(request.user, category),
    }
    return render(request, "forums/categories/show.html", context)
