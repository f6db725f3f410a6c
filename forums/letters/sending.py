"""To the mail server, over one connection for all that is due."""

import smtplib
import time
from threading import Lock

import structlog
from django.core.mail import get_connection
from django.db import transaction

from forums.letters import writing
from forums.models import Letter

LONGEST = 20
"""Seconds of one run: others want the jobs' threads, too."""
PAUSE = 60
"""Seconds in which a mail server that was away is left in peace."""
log = structlog.get_logger("folkmoot.letters")
_away_until = 0.0
_sending = Lock()


def send_due() -> int:
    """Send what is due, as long as there is time. Returns how much was taken by the mail server; nothing while another
    thread of this process is sending."""
    if time.monotonic() < _away_until or not _sending.acquire(blocking=False):
        return 0
    try:
        return _send_all() if Letter.objects.due().exists() else 0
    finally:
        _sending.release()


def _send_all():
    global _away_until
    until, sent = time.monotonic() + LONGEST, 0
    try:
        with get_connection() as server:
            while time.monotonic() < until and (taken := _send_next(server)) is not None:
                sent += taken
    except (OSError, smtplib.SMTPException):
        log.exception("mail server away")
        _away_until = time.monotonic() + PAUSE
    return sent


def _send_next(server) -> bool | None:
    """Whether the next letter went out; None where none is due. Raises what says that the server cannot be spoken
    with: the letter is as before then. What is wrong with one letter holds up no other."""
    with transaction.atomic():
        letter = Letter.objects.take()
        if letter is None:
            return None
        try:
            with transaction.atomic():
                mail = writing.write(letter)
            if mail:
                server.send_messages([mail])
        except Exception as error:
            if _is_away(error):
                raise
            log.exception("letter not sent", letter=letter.pk, attempt=letter.attempts + 1)
            letter.postpone()
            return False
        letter.delete()
        return mail is not None


def _is_away(error):
    if isinstance(error, smtplib.SMTPException):
        about_letter = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
        return not isinstance(error, about_letter)
    return isinstance(error, OSError)
