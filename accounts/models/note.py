from django.conf import settings
from django.db import models

LONGEST = 2000


class Note(models.Model):
    """What moderators tell each other about a member. Notes are added, and neither changed nor taken away, until the
    member leaves.

    A note is personal data of the member it is about, so the member has a right to it (GDPR, article 15), as far as
    it does not harm others (15(4)): notes name those who reported, and what moderators are watching. A download
    that nobody reads before cannot tell one from the other. It says therefore that there are notes and since when;
    whoever wants their text asks the people who run the site, who take out what is about others.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notes", db_index=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField(max_length=LONGEST)

    class Meta:
        indexes = [models.Index(fields=["member", "-at"], name="note_member")]

    def __str__(self):
        return self.text[:60]
