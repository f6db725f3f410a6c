"""Views for exporting one's data and deleting one's account."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header

from accounts.forms.deletion import DeletionForm
from accounts.profiles import deletion
from accounts.profiles import export as exporting
from config.web.limits import limit
from config.web.semaphores import semaphore


@login_required
@reauthentication_required
@limit("export", member="10/h", address="40/h")
def export(request):
    """A page with a button that downloads the zip. Requires the password again, because the data is personal.

    `?after=` is where the zip begins, if the one before was full.
    """
    begin = exporting.Place.parse(request.GET.get("after", ""))
    if begin is None and "after" in request.GET:
        raise BadRequest("There is no such part of your data. Please start with the first one.")
    if request.method != "POST":
        return render(request, "accounts/settings/export.html", {"begin": begin})
    with semaphore("export", permits=1, seconds=5):
        zipped = exporting.export(request.user, begin)
    name = f"{request.user.username}-{timezone.now():%Y-%m-%d}{f'-after-{begin}' if begin else ''}.zip"
    response = HttpResponse(zipped, content_type="application/zip")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


@login_required
@reauthentication_required
def delete(request):
    """Explain the consequences, require the member's name, then delete the account permanently."""
    may_delete = deletion.may_delete(request.user)
    form = DeletionForm(request.POST or None, user=request.user)
    if request.method == "POST" and may_delete and form.is_valid():
        member = request.user
        logout(request)
        deletion.delete(member)
        messages.success(request, "Your account is deleted. Thank you for your time here.")
        return redirect("/")
    status = 422 if form.errors else 200
    return render(
        request, "accounts/settings/delete.html", {"form": form, "may_delete": may_delete}, status=status
    )
