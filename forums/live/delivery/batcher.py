"""Batches database queries: questions that arrive while a batch runs form the next batch."""

import asyncio
from collections.abc import Callable

from channels.db import database_sync_to_async

AT_ONCE = 250
"""Questions in one batch. More would delay the next batch."""


def queries(function: Callable) -> Callable:
    """Run `function`, which queries the database, in any free thread, so that it can be awaited.

    With one thread for all, messages would wait behind a thousand tabs whose rights are being checked.
    """
    return database_sync_to_async(function, thread_sensitive=False)


class Batcher:
    """Collects questions into batches for `answer`, which returns a list of answers in the same order.

    `answer` runs in a thread. It should use the same number of queries for many questions as for one: then a thousand
    tabs that connect at once cost little more than ten.
    """

    def __init__(self, answer: Callable[[list], list]) -> None:
        self._answer = queries(answer)
        self._waiting: list[tuple[object, asyncio.Future]] = []
        self._work: asyncio.Task | None = None

    async def ask(self, question):
        """Return the answer, or raise the error of its batch."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._serve())
        return await answer

    async def _serve(self):
        while self._waiting:
            taken, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            asked, waiting = zip(*taken, strict=True)
            try:
                answers = await self._answer(list(asked))
            except Exception as error:
                for each in waiting:
                    if not each.done():
                        each.set_exception(error)
            else:
                for each, answer in zip(waiting, answers, strict=True):
                    if not each.done():
                        each.set_result(answer)
