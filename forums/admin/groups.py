from functools import reduce
from operator import or_

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as Groups
from django.contrib.auth.models import Group
from django.db.models import Q

from accounts import standing
from config.admin.listed import Listed
from forums.models import Category

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(Listed, Groups):
    list_display = ("name",)
    ordering = ("name",)
    search_fields = ("name",)
    actions = None

    def matching(self, groups, words):
        return groups.filter(name__istartswith=words)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        standing.everybodys_changed()

    def delete_model(self, request, group):
        super().delete_model(request, group)
        standing.everybodys_changed()

    def has_delete_permission(self, request, obj=None):
        """A category names its groups by number: the last one taken away would open it to everybody."""
        return super().has_delete_permission(request, obj) and not (obj and _is_named(obj))


def _is_named(group) -> bool:
    rights = ("see_groups", "post_groups", "reply_groups", "moderator_groups")
    named = (Q(**{f"{right}__contains": [group.pk]}) for right in rights)
    return Category.objects.filter(reduce(or_, named)).exists()
