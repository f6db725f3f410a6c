from django.conf import settings
from django.db import models


class Collapse(models.Model):
    """A branch that a member has collapsed."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="collapses", db_index=False
    )
    comment = models.ForeignKey("forums.Comment", models.CASCADE, related_name="collapses")

    class Meta:
        verbose_name = "collapsed branch"
        verbose_name_plural = "collapsed branches"
        constraints = [models.UniqueConstraint(fields=["member", "comment"], name="collapse_once")]
