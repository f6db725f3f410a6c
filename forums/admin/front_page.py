from django.contrib import admin

from config.admin.model_admin import FastModelAdmin
from forums.models import FrontPage


@admin.register(FrontPage)
class FrontPageAdmin(FastModelAdmin):
    """The heading and the welcome of the first page. A second row would show nowhere, so none can be added."""

    list_display = ("heading",)
    actions = None

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not FrontPage.objects.exists()
