"""Several who act at the same moment."""

from threading import Barrier, Thread

from django.db import connection


def at_once(*deeds):
    """Do them all in threads with connections of their own; what each answered, or its exception's name."""
    barrier, answers = Barrier(len(deeds)), [None] * len(deeds)

    def run(place, deed):
        barrier.wait()
        try:
            answers[place] = deed()
        except Exception as error:
            answers[place] = type(error).__name__
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
