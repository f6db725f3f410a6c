from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group

from config.admin.model_admin import FastModelAdmin
from forums.access.permissions import EVERY_MEMBER
from forums.models import Category, Tag, Topic
from forums.models.community.tag import LONGEST as TAG
from forums.posting.fields import Tags

EMPTY = "Choose nobody for no restriction."
LISTED = 100
"""Tags in the list of a category."""
NOBODY = "They moderate this category and those below that they can see. Choose nobody for the site's moderators only."


def _by_name():
    return Group.objects.order_by("name").values_list("pk", "name")


class GroupsField(forms.TypedMultipleChoiceField):
    """Groups by name, stored as the array of ids in a category. One query."""

    def __init__(self, help_text=EMPTY, **kwargs):
        super().__init__(coerce=int, required=False, choices=self._groups, help_text=help_text, **kwargs)

    def _groups(self):
        return [(EVERY_MEMBER, "Everyone signed in"), *_by_name()]


class ModeratorsField(GroupsField):
    """Groups without "Everyone signed in", who cannot moderate."""

    def _groups(self):
        return list(_by_name())


class CategoryForm(forms.ModelForm):
    see_groups = GroupsField(label="Who may see it")
    post_groups = GroupsField(label="Who may open topics")
    reply_groups = GroupsField(label="Who may reply")
    moderator_groups = ModeratorsField(label="Who moderates", help_text=NOBODY)
    listed_tags = Tags(most=LISTED, max_length=LISTED * TAG, label="List of tags")

    class Meta:
        model = Category
        fields = ("name", "slug", "parent", "description", "colour", "position", "search_language")


@admin.register(Category)
class CategoryAdmin(FastModelAdmin):
    """Categories. One with topics or child categories cannot be deleted."""

    form = CategoryForm
    list_display = ("name", "parent", "position", "is_restricted")
    list_editable = ("position",)
    list_select_related = ("parent",)
    search_fields = ("name",)
    autocomplete_fields = ("parent",)
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("position", "name")
    actions = None
    fields = (
        *CategoryForm.Meta.fields,
        *("see_groups", "post_groups", "reply_groups", "moderator_groups"),
        *("tagging", "listed_tags", "new_tags_from", "required_tags"),
    )

    def save_model(self, request, category, form, change):
        category.listed_tags = Tag.objects.ensure(category.listed_tags)
        super().save_model(request, category, form, change)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Name the field of the position for screen readers: in the list, only the heading of its column does."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "position":
            field.widget.attrs["aria-label"] = "Position"
        return field

    @admin.display(boolean=True, description="Restricted")
    def is_restricted(self, category):
        return bool(category.see_groups)

    def get_readonly_fields(self, request, obj=None):
        """Only administrators choose moderators, because others could choose themselves."""
        return () if request.user.is_superuser else ("moderator_groups",)

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def matching(self, categories, words):
        return categories.filter(name__icontains=words)

    def has_delete_permission(self, request, obj=None):
        # Checked first, because the confirmation page would list everything in the category, perhaps 100,000 topics.
        return super().has_delete_permission(request, obj) and not (obj and _is_in_use(obj))


def _is_in_use(category) -> bool:
    return category.children.exists() or Topic.objects.filter(category=category).exists()
