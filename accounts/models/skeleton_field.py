from django.db import models

from accounts.identity.names import LONGEST
from accounts.identity.skeleton import skeleton


class SkeletonField(models.CharField):
    """The appearance of the row's `username`, written whenever the row is saved.

    `update` and a `save` of single columns do not write it. Nothing changes names in these ways. After a change of
    accounts/identity/skeleton.py or of its table, write a migration like 0012, which computes all rows again.
    """

    def __init__(self, **options):
        # No letter of a name becomes more than seven characters.
        fixed = {"max_length": 7 * LONGEST, "default": "", "blank": True, "editable": False}
        super().__init__(**options | fixed)

    def pre_save(self, row, add):
        value = skeleton(row.username)
        setattr(row, self.attname, value)
        return value
