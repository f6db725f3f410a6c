"""What a tab shows of a discussion."""


def of(page, comment: int):
    """A comment's row, the opening's included."""
    return page.locator(f"#comment-{comment}")


def shown(page) -> list[list]:
    """The tree as it stands there: of each row its number, level, the number of the row around it and its text, and the
    moments its times mean, for "just now" or "1m ago" is when the tab last looked; links to more replies among them."""
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


def where(page) -> dict:
    """How far the page is scrolled, and at which parts of a pixel all stands that can be seen."""
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


def let_time_pass(page, until):
    """Moves the tab's clock on by a second at a time."""
    for _ in range(120):
        page.clock.run_for(1_000)
        if until.count():
            return
