"""Runs functions at the same moment."""

from threading import Barrier, Thread

from django.db import connection


def run_concurrently(*functions):
    """Runs each function in its own thread with its own connection, behind a barrier.

    Returns their results in order. The result of one that raised is the name of its exception.
    """
    barrier, results = Barrier(len(functions)), [None] * len(functions)

    def run(place, function):
        barrier.wait()
        try:
            results[place] = function()
        except Exception as error:
            results[place] = type(error).__name__
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
