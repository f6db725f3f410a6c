"""Batches work: items that arrive while a batch runs form the next batch."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context

from channels.db import database_sync_to_async

BATCH = 250
"""Items in one batch. More would delay the next batch."""


def queries(function: Callable) -> Callable:
    """Run `function`, which queries the database, in any free thread, so that it can be awaited.

    With one thread for all, messages would wait behind a thousand connections whose access is being checked.
    """
    return database_sync_to_async(function, thread_sensitive=False)


def start_background(work: Coroutine) -> asyncio.Task:
    """Run work that belongs to no single connection, so without the request id of the connection that starts it."""
    return asyncio.create_task(work, context=Context())


class Batcher:
    """Collects items into batches for `process`, which returns a list of results in the same order.

    `process` runs in a thread. It should use the same number of queries for many items as for one. Then a thousand
    pages that connect at once cost little more than ten.
    """

    def __init__(self, process: Callable[[list], list]) -> None:
        self._process = queries(process)
        self._waiting: list[tuple[object, asyncio.Future]] = []
        self._work: asyncio.Task | None = None

    async def submit(self, item):
        """Return the result for `item`, or raise the error of its batch."""
        result = asyncio.get_running_loop().create_future()
        self._waiting.append((item, result))
        if self._work is None or self._work.done():
            self._work = start_background(self._run())
        return await result

    async def _run(self):
        while self._waiting:
            taken, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            items, futures = zip(*taken, strict=True)
            try:
                results = await self._process(list(items))
            except Exception as error:
                for future in futures:
                    if not future.done():
                        future.set_exception(error)
            else:
                for future, result in zip(futures, results, strict=True):
                    if not future.done():
                        future.set_result(result)
