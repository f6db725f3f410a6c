from urllib.parse import quote

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from accounts.models.user import Trust
from config.caching import cache_tags
from config.caching.tagged_model import TaggedModel
from forums.access import permissions
from forums.live import streams
from forums.models.community.tag import LONGEST as TAG
from forums.models.community.tag import MOST

LANGUAGES = (
    "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish", "french", "german", "greek",
    "hindi", "hungarian", "indonesian", "irish", "italian", "lithuanian", "nepali", "norwegian", "portuguese",
    "romanian", "russian", "serbian", "simple", "spanish", "swedish", "tamil", "turkish", "yiddish",
)  # fmt: skip
"""The languages of which PostgreSQL 15 knows the forms of words. "simple" keeps each word as it is."""
NOBODY = 9
"""A trust that nobody has."""


class Tagging(models.TextChoices):
    """The tags that authors may choose for topics in a category. Moderators may choose any."""

    ANY = "any", "Any that exists, or new ones"
    LISTED = "listed", "Only those in the list"
    NONE = "none", "None"


class CategoryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep the categories that `user` may see. The rule of `permissions.may_see` as a query."""
        if user.is_authenticated and user.is_superuser:
            return self
        groups = list(permissions.groups_of(user))
        return self.filter(_open_to(groups, ""), Q(parent=None) | _open_to(groups, "parent__"))

    def moderated_by(self, user):
        """Keep the categories that `user` moderates. The rule of `permissions.moderates` as a query."""
        if permissions.is_moderator(user):
            return self.visible_to(user)
        groups = list(user.group_ids) if user.is_authenticated else []
        if not groups:
            return self.none()
        own = Q(moderator_groups__overlap=groups) | Q(parent__moderator_groups__overlap=groups)
        return self.visible_to(user).filter(own)

    def in_order(self):
        """Order the categories as the site shows them. Loads their parents."""
        return self.select_related("parent").order_by("position", "name")


def _open_to(groups, prefix):
    return Q(**{f"{prefix}see_groups": []}) | Q(**{f"{prefix}see_groups__overlap": groups})


class Category(TaggedModel):
    """A category of topics. Categories have two levels.

    Rights are arrays of group ids, so that permissions need no join. An empty array means no restriction;
    `permissions.EVERY_MEMBER` in it means everyone who is signed in. A child never admits more than its parent.
    """

    cache_tag = cache_tags.CATEGORIES

    class Colour(models.TextChoices):
        SLATE, RED, ORANGE, AMBER = "slate", "red", "orange", "amber"
        OLIVE, GREEN, TEAL, SKY = "olive", "green", "teal", "sky"
        BLUE, VIOLET, PLUM, PINK = "blue", "violet", "plum", "pink"

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=60, unique=True, allow_unicode=True)
    description = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    colour = models.CharField(max_length=8, choices=Colour, default=Colour.SLATE)
    see_groups = ArrayField(models.IntegerField(), default=list, blank=True)
    post_groups = ArrayField(models.IntegerField(), default=list, blank=True)
    reply_groups = ArrayField(models.IntegerField(), default=list, blank=True)
    # Unlike the others: empty means that only moderators of the site moderate here.
    moderator_groups = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True)
    search_language = models.CharField(
        "language of its texts",
        max_length=12,
        blank=True,
        db_default="",
        default="",
        choices=[(name, name.capitalize()) for name in LANGUAGES],
        help_text="Search finds words in all their forms. Empty: the language of the site.",
    )
    tagging = models.CharField(
        "tags of its topics", max_length=6, choices=Tagging, default=Tagging.ANY, db_default=Tagging.ANY
    )
    listed_tags = ArrayField(models.CharField(max_length=TAG), default=list, db_default=[], blank=True)
    new_tags_from = models.PositiveSmallIntegerField(
        "who may create tags",
        choices=[*Trust.choices, (NOBODY, "Moderators only")],
        default=Trust.MEMBER,
        db_default=Trust.MEMBER,
        help_text="From which trust on, where any tags are allowed.",
    )
    required_tags = models.PositiveSmallIntegerField(
        "tags that a topic needs at least", default=0, db_default=0, validators=[MaxValueValidator(MOST)]
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "categories"

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"/c/{quote(self.slug)}/"

    def clean(self):
        has_children = self.pk is not None and self.children.exists()
        if self.parent and (self.parent.parent_id or self.parent == self or has_children):
            raise ValidationError({"parent": "Please choose a top-level category: there are two levels."})
        if self.required_tags and self.tagging == Tagging.NONE:
            raise ValidationError({"required_tags": "Topics here have no tags, so none can be required."})

    def save(self, *args, **kwargs):
        """Save, then recheck who may receive live updates. All shared pages depend on categories and their rights."""
        super().save(*args, **kwargs)
        streams.access_changed(category=self.pk)

    def delete(self, *args, **kwargs):
        streams.access_changed(category=self.pk)
        return super().delete(*args, **kwargs)
