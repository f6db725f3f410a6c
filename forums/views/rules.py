from django.shortcuts import render

from config import sharing, stamps
from forums.models import Rule


def show_list(request):
    """Show the rules of the site."""
    sharing.depends(request, stamps.CATEGORIES, stamps.LISTS)
    return render(request, "forums/rules/list.html", {"rules": Rule.objects.in_force()})
