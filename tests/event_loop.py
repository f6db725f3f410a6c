"""Runs coroutines in a thread, because Playwright keeps an event loop running in the main thread."""

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.db import connection


def run(scene):
    """Runs the coroutine `scene` and returns its result. Closes the database connection of its thread."""

    async def whole():
        try:
            return await scene
        finally:
            await sync_to_async(lambda: connection.close())()

    try:
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(asyncio.run, whole()).result()
    finally:
        gc.collect()  # The loop's other threads have ended; their connections close with the last reference.
