"""Sends mails that are due, over one connection to the mail server. Only the jobs process does this, no request.

Each kind of mail is a model derived from BaseOutgoingMail. Apps register theirs in `AppConfig.ready`.
"""

import smtplib
import time
from collections.abc import Callable
from threading import Lock

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from accounts.models import AccountMail
from accounts.models.outgoing_mail import SEND_TASK, BaseOutgoingMail
from config.monitoring import attempts
from config.processes import task_queue

MAX_RUN = 20
"""Seconds of one run, because other tasks need the worker's threads, too."""
PAUSE = 60
"""Seconds without an attempt after the mail server could not be reached."""
log = structlog.get_logger("folkmoot.mail")
_kinds: dict[type[BaseOutgoingMail], Callable[[BaseOutgoingMail], EmailMessage | None]] = {}
_away_until = 0.0
_sending = Lock()


def register(
    kind: type[BaseOutgoingMail], compose: Callable[[BaseOutgoingMail], EmailMessage | None]
) -> None:
    """Send the mails of the model `kind`. `compose(mail)` returns the message, or None if it is no longer needed.

    The kinds that were registered first are sent first.
    """
    _kinds[kind] = compose


def send_due() -> int:
    """Send the mails that are due, and queue another run if MAX_RUN is too short for them.

    Returns how many the mail server accepted. Sends nothing while another thread of this process is sending, so that a
    mail server that does not answer holds up one thread only.
    """
    if time.monotonic() < _away_until or not _sending.acquire(blocking=False):
        return 0
    try:
        return _send_all() if any(kind.objects.due().exists() for kind in _kinds) else 0
    finally:
        _sending.release()


def compose_account_mail(mail: AccountMail) -> EmailMessage:
    """Compose the message of a mail about an account."""
    return EmailMessage(mail.subject, mail.text, settings.DEFAULT_FROM_EMAIL, [mail.to])


def _send_all():
    global _away_until
    until, sent = time.monotonic() + MAX_RUN, 0
    try:
        with get_connection() as server:
            while (is_sent := _send_next(server)) is not None:
                sent += is_sent
                if time.monotonic() > until:
                    task_queue.start_on_commit(SEND_TASK)
                    break
    except (OSError, smtplib.SMTPException):
        log.exception("mail server cannot be reached")
        _away_until = time.monotonic() + PAUSE
    return sent


def _send_next(server) -> bool | None:
    """Send the next mail. Returns whether it went out, or None if none is due.

    Raises the error if the mail server cannot be used, and leaves the mail as it was. An error about one mail
    postpones that mail and holds up no other.
    """
    with transaction.atomic():
        mail = next((mail for kind in _kinds if (mail := kind.objects.take())), None)
        if mail is None:
            return None
        queue = type(mail).__name__
        if attempts.is_deadly(queue, mail.pk):
            log.error("mail given up, because its workers ended", mail=mail.pk)
            mail.give_up()
            attempts.forget(queue, [mail.pk])
            return False
        try:
            with attempts.attempt(queue, [mail.pk]):
                with transaction.atomic():
                    message = _kinds[type(mail)](mail)
                if message:
                    server.send_messages([message])
        except Exception as error:
            if _is_away(error):
                raise
            log.exception("mail not sent", mail=mail.pk, attempt=mail.attempts + 1)
            mail.postpone()
            return False
        mail.delete()
        return message is not None


def _is_away(error):
    if isinstance(error, smtplib.SMTPException):
        about_one_mail = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
        return not isinstance(error, about_one_mail)
    return isinstance(error, OSError)
