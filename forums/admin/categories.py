from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group

from forums.models import Category
from forums.permissions import EVERY_MEMBER

FIRST = "None: first level"
EMPTY = "Nobody chosen means no restriction."
NOBODY = "In this category and those below it, as far as they may see them. Nobody chosen: the site's moderators alone."


def _by_name():
    return Group.objects.order_by("name").values_list("pk", "name")


class GroupsField(forms.TypedMultipleChoiceField):
    """Groups by their names, kept as the array of ids that a category has. One query."""

    def __init__(self, help_text=EMPTY, **kwargs):
        super().__init__(coerce=int, required=False, choices=self._groups, help_text=help_text, **kwargs)

    def _groups(self):
        return [(EVERY_MEMBER, "Everyone signed in"), *_by_name()]


class ModeratorsField(GroupsField):
    """Everyone signed in cannot moderate."""

    def _groups(self):
        return list(_by_name())


class CategoryForm(forms.ModelForm):
    see_groups = GroupsField(label="Who may see it")
    post_groups = GroupsField(label="Who may open topics")
    reply_groups = GroupsField(label="Who may reply")
    moderator_groups = ModeratorsField(label="Who moderates", help_text=NOBODY)
    parent = forms.ModelChoiceField(Category.objects.filter(parent=None), required=False, empty_label=FIRST)

    class Meta:
        model = Category
        fields = ("name", "slug", "parent", "description", "colour", "position")


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    """One that has topics or categories below it cannot be deleted; the page says which they are."""

    form = CategoryForm
    list_display = ("name", "parent", "position", "is_restricted")
    list_editable = ("position",)
    list_select_related = ("parent",)
    search_fields = ("name__istartswith",)
    prepopulated_fields = {"slug": ("name",)}
    show_full_result_count = False
    fields = (
        *CategoryForm.Meta.fields,
        *("see_groups", "post_groups", "reply_groups", "moderator_groups"),
    )

    @admin.display(boolean=True, description="Not for everybody")
    def is_restricted(self, category):
        return bool(category.see_groups)

    def delete_queryset(self, request, categories):
        # One by one, because each tells the cached pages.
        for category in categories:
            category.delete()
