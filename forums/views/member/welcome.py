from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from forums.views.finding import own_address


@login_required
def show(request):
    """Suggest first steps to a new member. `?next=` is where they came from before they joined."""
    back = own_address(request.GET.get("next", ""))
    return render(request, "accounts/welcome.html", {"back": back if back != "/" else ""})
