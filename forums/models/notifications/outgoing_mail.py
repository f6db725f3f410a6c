from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models.outgoing_mail import BaseOutgoingMail


class OutgoingMail(BaseOutgoingMail):
    """A mail to one member that waits to be sent. `notifications` are the ids of what it is about.

    The transaction that marks those as mailed writes it.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="outgoing_mails")
    notifications = ArrayField(models.BigIntegerField())
