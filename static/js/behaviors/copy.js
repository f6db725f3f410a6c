// Copies the address of a link with data-copy. With a modifier key, or where nothing can be copied, the link leads there.
import { copy } from "../lib/clipboard.js";

export function start(page) {
  page.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-copy]");
    if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    link.closest("details")?.removeAttribute("open");
    copy(link.href, "The link is copied.");
  });
}
