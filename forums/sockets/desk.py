"""Questions that arrive while others are being answered are answered together, after them."""

import asyncio
from collections.abc import Callable

from channels.db import database_sync_to_async

AT_ONCE = 250
"""Questions in one answering: more would hold up those who come next."""


def queries(function: Callable) -> Callable:
    """Have `function`, which asks the database, run in a thread, and be awaited. In any free one: news would grow old
    behind a thousand tabs that ask for their rights."""
    return database_sync_to_async(function, thread_sensitive=False)


class Desk:
    """`answer` takes a list of questions and returns their answers in the same order. It runs in a thread and may
    query, in as many statements for many as for one: so a thousand tabs that come at once cost little more than ten.
    """

    def __init__(self, answer: Callable[[list], list]) -> None:
        self._answer = queries(answer)
        self._waiting: list[tuple[object, asyncio.Future]] = []
        self._work: asyncio.Task | None = None

    async def ask(self, question):
        """The answer; raises what the answering raised."""
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
