from django.shortcuts import render

from config import sharing, stamps
from forums import categories, permissions, watching
from forums.lists import TopicList
from forums.views.finding import find_category


def show_list(request):
    """Every category the viewer may see."""
    sharing.depends(request, stamps.CATEGORIES)
    return render(request, "forums/categories/list.html", {"categories": categories.tree(request.user)})


def show(request, slug):
    """One category's topics, those of the categories below it included."""
    sharing.depends(request, stamps.CATEGORIES, stamps.LISTS)
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
