"""An event loop in a thread of its own: the browser tests keep one running in the main thread."""

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.db import connection


def run(scene):
    """What the coroutine `scene` returns. The thread's connection to the database is closed behind it."""

    async def whole():
        try:
            return await scene
        finally:
            await sync_to_async(lambda: connection.close())()

    try:
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(asyncio.run, whole()).result()
    finally:
        gc.collect()  # connections of the loop's other threads, which have ended, close with their last reference
