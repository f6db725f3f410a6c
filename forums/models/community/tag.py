import unicodedata
from collections.abc import Iterable
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef

from config.caching import cache_tags
from config.caching.tagged_model import TaggedModel
from config.processes import task_queue
from forums.models.personal.watch import Watch

LONGEST = 40
"""Characters of a name."""
MOST = 5
"""Tags of a topic."""
TASK = "forums.tasks.replace_synonyms"
_SIGNS = "-.+#"
_BAD = "“{}” cannot be a tag. A tag has letters, digits and the signs - . + #, and begins with no other sign."
_LONG = "“{}…” is too long for a tag: at most {} characters."


def name_of(text: str) -> str:
    """Return the name of the tag that is written as `text`: in lower case, with hyphens for spaces; maybe "".

    Raises ValueError with a sentence for people. Names have neither quotes nor backslashes nor braces, so
    `Tagged` (`tag_lookups.py`) can put them into a statement.
    """
    name = "-".join(unicodedata.normalize("NFKC", text).lower().replace("_", " ").split())
    if len(name) > LONGEST:
        raise ValueError(_LONG.format(name[:LONGEST], LONGEST))
    kinds = [unicodedata.category(each)[0] for each in name]
    is_readable = all(kind in "LNM" or each in _SIGNS for kind, each in zip(kinds, name, strict=True))
    if name and (not is_readable or kinds[0] == "M" or not {"L", "N"}.intersection(kinds)):
        raise ValueError(_BAD.format(name))
    return name


class TagQuerySet(models.QuerySet):
    def resolve(self, names: Iterable[str]) -> dict[str, str]:
        """Map those of these names that exist to themselves, and synonyms to what they stand for. One query."""
        found = self.filter(name__in=list(names)).select_related("synonym_of").order_by("name")
        return {tag.name: (tag.synonym_of or tag).name for tag in found}

    def ensure(self, names: Iterable[str]) -> list[str]:
        """Create the tags that do not exist, and return all in their order, without synonyms. Two queries at most.

        Call it in the transaction that gives the tags to a topic. The rows stay locked until its end, so no tag
        becomes a synonym meanwhile. They are locked in the order of their names, against deadlocks.
        """
        wanted = sorted(set(names))
        if not wanted:
            return []
        known = self.select_for_update(of=["self"], no_key=True).resolve(wanted)
        if new := [self.model(name=name) for name in wanted if name not in known]:
            self.bulk_create(new, ignore_conflicts=True)
        return sorted({known.get(name, name) for name in wanted})


class Tag(TaggedModel):
    """A tag of topics. A topic stores the names of its tags (`Topic.tags`), so lists need no join.

    A synonym stands for another tag. No topic has a synonym for long: they are resolved when a topic gets its tags,
    and a task replaces them where they were before (`forums.tags.synonyms`).
    """

    cache_tag = cache_tags.TAGS

    name = models.CharField(
        max_length=LONGEST,
        unique=True,
        help_text="Topics get a new name, too. The old one becomes a synonym, so its address leads here.",
    )
    description = models.CharField(max_length=300, blank=True)
    synonym_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="synonyms",
        help_text="Topics get that tag instead, also those that have this one now.",
    )

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"/tag/{quote(self.name)}/"

    def clean(self):
        """Bring the name into its form. A synonym stands for a tag that is none."""
        try:
            self.name = name_of(self.name)
        except ValueError as error:
            raise ValidationError({"name": str(error)}) from None
        if self.synonym_of and (self.synonym_of.synonym_of_id or self.synonym_of == self):
            raise ValidationError({"synonym_of": "Please choose a tag that is no synonym itself."})

    @transaction.atomic
    def change(self) -> None:
        """Save what an administrator has changed. A task then changes the topics.

        An old name becomes a synonym, so its address leads to the new one. The synonyms and the watches of a tag that
        becomes a synonym belong to the other tag from then on.
        """
        before = Tag.objects.select_for_update(no_key=True).filter(pk=self.pk).first()
        self.save()
        if before and before.name != self.name:
            Tag.objects.create(name=before.name, synonym_of=self.synonym_of or self)
        if before and self.synonym_of:
            Tag.objects.filter(synonym_of=self).update(synonym_of=self.synonym_of)
            there = Watch.objects.filter(tag=self.synonym_of, member=OuterRef("member"))
            self.watches.filter(Exists(there)).delete()
            self.watches.update(tag=self.synonym_of)
        task_queue.start_on_commit(TASK)
