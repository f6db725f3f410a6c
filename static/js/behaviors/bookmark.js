// Bookmarks a comment, and shows it at once.
import { settle } from "../lib/marks.js";
import { pressOrUndo } from "../lib/press.js";

function show(button, isSaved) {
  const row = button.closest(".comment, .opening");
  row.classList.toggle("is-bookmarked", isSaved);
  settle(row);
}

export function start(section) {
  section.addEventListener("click", (event) => {
    const button = event.target.closest("button.bookmark");
    if (button?.form?.method !== "post") return; // a visitor is sent to the sign-in page
    event.preventDefault();
    const isSaved = button.getAttribute("aria-pressed") !== "true";
    pressOrUndo(button, () => show(button, !isSaved));
    show(button, isSaved);
  });
}
