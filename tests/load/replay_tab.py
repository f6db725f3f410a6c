"""A topic's page in a real browser. Its reader clicks the bar whenever it announces new comments."""

import asyncio
import time
from contextlib import asynccontextmanager

from playwright.async_api import async_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM

EYE_DEPTH = 8
"""The same as in forums/reading/topic_page.py, which cannot be imported before Django is set up."""
# For each row the comment that it says it answers, and the numbers of the rows around it.
ROWS = """() => [...document.querySelectorAll(".discussion :is(.opening, .comment)")].map((row) => {
  const path = [];
  for (let one = row.closest(".comment"); one; one = one.parentElement.closest(".comment"))
    path.unshift(+one.dataset.seq);
  const answered = row.querySelector(":scope > .meta > .parent")?.pathname.match(/[0-9]+/)[0];
  const html = row.querySelector(":scope > .prose").innerHTML;
  return { id: +row.id.slice("comment-".length), seq: +row.dataset.seq, parent: +answered || null, path, html };
})"""


class Tab:
    """`comments` is what it shows, by id and in the order of the page, as in `tests.simulated_page`."""

    def __init__(self, page) -> None:
        self.page = page
        self.comments: dict[int, dict] = {}

    async def read(self, count: int, patience: float) -> None:
        """Click the bar until the page has `count` comments, for at most `patience` seconds. Then read the page."""
        bar, until = self.page.locator(".live-bar"), time.monotonic() + patience
        while time.monotonic() < until and await self.page.locator(".discussion .comment").count() < count:
            if await bar.count():
                await bar.click()
            await asyncio.sleep(0.2)
        self.take(await self.page.evaluate(ROWS))

    def take(self, rows: list[dict]) -> None:
        """Set `comments` from the rows of the page.

        Below the last indented level, rows stand beside the comment that they answer; their full path is restored. A
        row in a wrong place keeps the path of that place, so that it differs from the database.
        """
        opening, *others = rows
        ways = {opening["id"]: []}
        for row in others:
            row["parent"] = row["parent"] or opening["id"]
            way = ways[row["id"]] = [*ways.get(row["parent"], []), row["seq"]]
            if row["path"] == way[: EYE_DEPTH - 1] + way[EYE_DEPTH - 1 :][-1:]:
                row["path"] = way
        self.comments = {row["id"]: row for row in rows}


@asynccontextmanager
async def opened(address: str):
    """A tab with the page at `address`, connected to its stream."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page()
        await page.goto(address, wait_until="networkidle")
        yield Tab(page)
        await browser.close()
