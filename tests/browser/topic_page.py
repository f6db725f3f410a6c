"""Reads the page of a topic in a browser's tab."""


def wait_for_scripts(page) -> None:
    """Waits until all behaviours of the page have started."""
    page.locator("html[data-started]").wait_for(state="attached")


def press_at_once(page, keys: str) -> None:
    """Presses each of the keys where the focus is, without a moment between them."""
    page.evaluate(
        """(keys) => {
          for (const key of keys) {
            const pressed = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(pressed);
          }
        }""",
        keys,
    )


def row_of(page, comment: int):
    """Returns the locator of a comment's row. The opening post has one, too."""
    return page.locator(f"#comment-{comment}")


def shown_rows(page) -> list[list]:
    """Returns the tree of comments and of links to more replies, in order, as a list of rows.

    Each row holds its id, its level, the id of the row around it, its text and its number. Relative times such as
    "1m ago" depend on when the tab last updated them, so the text holds the time itself.
    """
    return page.evaluate(
        """() => [...document.querySelectorAll(".discussion .comment, .discussion .more")].map((row) => {
          const around = row.parentElement.closest(".comment")?.id ?? "";
          const prose = row.querySelector(":scope > .prose, :scope > .ignored > .prose, :scope > a").cloneNode(true);
          for (const time of prose.querySelectorAll("time")) time.textContent = time.dateTime;
          const text = prose.textContent.trim();
          let level = 0;
          for (let one = row; one; one = one.parentElement.closest(".thread")) level += 1;
          return [row.id, level, around, text, row.dataset.seq ?? ""];
        })"""
    )


def positions(page) -> dict:
    """Returns how far the page is scrolled, and where each visible part stands, in fractions of a pixel.

    Reads them until they are twice the same, because rows outside of the screen get their height a frame later.
    """
    seen = _positions(page)
    for _ in range(40):
        page.wait_for_timeout(50)
        if seen == (seen := _positions(page)):
            break
    return seen


def _positions(page):
    return page.evaluate(
        """() => {
          const seen = [...document.querySelectorAll(".discussion :is(.meta, .prose, .acts)")].map((part) => {
            const { top, bottom } = part.getBoundingClientRect();
            return [part.closest("[id]").id, part.className, top, bottom];
          });
          const rows = seen.filter(([, , top, bottom]) => bottom > 100 && top < innerHeight);
          return { scrolled: scrollY, rows };
        }"""
    )


def advance_clock(page, until):
    """Advances the tab's clock by a second at a time until the locator matches, for two minutes at most."""
    for _ in range(120):
        page.clock.run_for(1_000)
        if until.count():
            return
