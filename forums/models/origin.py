from django.conf import settings
from django.db import models


class Origin(models.Model):
    """Where an imported member, category or comment came from, so that importing it again adds nothing.

    The votes that a comment had there are counts without voters. They stay here, and the comment's counters are
    these and its rows of `Vote` together. A topic keeps its own `source`.
    """

    source = models.CharField(max_length=120, unique=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="origins")
    category = models.ForeignKey("forums.Category", models.CASCADE, null=True, related_name="origins")
    comment = models.OneToOneField("forums.Comment", models.CASCADE, null=True, related_name="origin")
    ups = models.PositiveIntegerField(default=0)
    downs = models.PositiveIntegerField(default=0)
