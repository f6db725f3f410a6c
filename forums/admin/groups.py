from functools import reduce
from operator import or_

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as Groups
from django.contrib.auth.models import Group
from django.db.models import Q

from accounts.registries import access_signals
from config.admin.model_admin import FastModelAdmin
from forums.models import Category

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(FastModelAdmin, Groups):
    list_display = ("name",)
    ordering = ("name",)
    search_fields = ("name",)
    actions = None

    def matching(self, groups, words):
        return groups.filter(name__istartswith=words)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        access_signals.anyones_changed()

    def delete_model(self, request, group):
        super().delete_model(request, group)
        access_signals.anyones_changed()

    def get_readonly_fields(self, request, obj=None):
        """Only administrators choose permissions, because others could give any permission to their own group."""
        rights = () if request.user.is_superuser else ("permissions",)
        return (*super().get_readonly_fields(request, obj), *rights)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not _is_above(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        """A group that a category names cannot be deleted: without its last group the category would be open to all."""
        may = super().has_delete_permission(request, obj) and not _is_above(request.user, obj)
        return may and not (obj and _is_named(obj))


def _is_above(user, group) -> bool:
    """Whether the group gives permissions, so that only administrators may change it."""
    return group is not None and not user.is_superuser and group.permissions.exists()


def _is_named(group) -> bool:
    rights = ("see_groups", "post_groups", "reply_groups", "moderator_groups")
    named = (Q(**{f"{right}__contains": [group.pk]}) for right in rights)
    return Category.objects.filter(reduce(or_, named)).exists()
