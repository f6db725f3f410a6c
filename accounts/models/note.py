from django.conf import settings
from django.db import models

LONGEST = 2000


class Note(models.Model):
    """A moderator's note about a member, for other moderators. Never changed; deleted when the member leaves.

    A note is personal data of the member, who has a right to it (GDPR, article 15) as far as it does not harm others
    (15(4)). Notes may name members who sent reports, or say what moderators watch. An automatic export cannot separate
    the two. It therefore lists only the dates of the notes. A member who wants the text asks the people who run the
    site, who remove what concerns others.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notes", db_index=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField(max_length=LONGEST)

    class Meta:
        verbose_name = "moderator note"
        indexes = [models.Index(fields=["member", "-at"], name="note_member")]

    def __str__(self):
        return self.text[:60]
