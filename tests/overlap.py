"""Runs a transaction while another one has changed the same rows and is not committed yet."""

import time
from threading import Barrier, Thread

from django.db import connection, transaction

PAUSE = 0.3
"""Seconds in which a thread reaches the lock that it waits for."""


def before_commit(first, second):
    """Start `second` in a thread after `first` has run and before its transaction is committed.

    Returns what `second` returns, or its exception.
    """
    barrier, answers = Barrier(2), []

    def run():
        barrier.wait()
        try:
            answers.append(second())
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    with transaction.atomic():
        first()
        barrier.wait()
        time.sleep(PAUSE)
    thread.join()
    return answers[0]
