from django.db import models

from config.caching import cache_tags
from config.caching.tagged_model import TaggedModel

OTHER = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
CATEGORIES = [
    ("STATEMENT_CATEGORY_ANIMAL_WELFARE", "Animal welfare"),
    ("STATEMENT_CATEGORY_CONSUMER_INFORMATION", "Consumer information"),
    ("STATEMENT_CATEGORY_CYBER_VIOLENCE", "Cyber violence"),
    ("STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN", "Cyber violence against women"),
    ("STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", "Data protection and privacy"),
    ("STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", "Illegal or harmful speech"),
    ("STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS", "Intellectual property"),
    ("STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS", "Civic discourse or elections"),
    ("STATEMENT_CATEGORY_PROTECTION_OF_MINORS", "Protection of minors"),
    ("STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY", "Public security"),
    ("STATEMENT_CATEGORY_SCAMS_AND_FRAUD", "Scams and fraud"),
    ("STATEMENT_CATEGORY_SELF_HARM", "Self-harm"),
    ("STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS", "Unsafe or prohibited products"),
    ("STATEMENT_CATEGORY_VIOLENCE", "Violence"),
    (OTHER, "Other violation of the terms"),
]
"""The categories of violations in the EU's DSA Transparency Database."""


class RuleQuerySet(models.QuerySet):
    def in_force(self):
        """Keep the active rules, in the order of the rules page."""
        return self.filter(is_active=True).order_by("position", "pk")


class Rule(TaggedModel):
    """A rule of the site. Reports and acts of moderation name one.

    A rule that a report or an act names cannot be deleted. It is taken out of force instead, so that the log stays
    true.
    """

    cache_tag = cache_tags.LISTS

    position = models.PositiveSmallIntegerField(default=0, help_text="Its number on the rules page.")
    title = models.CharField(max_length=80, help_text='A few words that can follow "Hidden by a moderator:".')
    text = models.TextField(max_length=2000)
    statement_category = models.CharField(
        max_length=80, choices=CATEGORIES, default=OTHER,
        help_text="Its category in the EU's DSA Transparency Database; used by export_moderation.",
    )  # fmt: skip
    is_active = models.BooleanField("in force", default=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return f"{self.title} (rule {self.position})"
