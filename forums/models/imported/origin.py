from django.conf import settings
from django.db import models


class Origin(models.Model):
    """The source of an imported member, category or comment, so that importing it again adds nothing.

    Imported votes are counts without voters, stored here. The counters of a comment are the sum of these and of its
    `Vote` rows. A topic has its own column `source`.
    """

    source = models.CharField(max_length=120, unique=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="origins")
    category = models.ForeignKey("forums.Category", models.CASCADE, null=True, related_name="origins")
    comment = models.OneToOneField("forums.Comment", models.CASCADE, null=True, related_name="origin")
    ups = models.PositiveIntegerField(default=0)
    downs = models.PositiveIntegerField(default=0)
    for_ups = models.IntegerField(default=0, db_default=0)
    for_downs = models.IntegerField(default=0, db_default=0)
    against_ups = models.IntegerField(default=0, db_default=0)
    against_downs = models.IntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = "import source"
