// Saving a comment for later, shown at once.
import { lead, pressOrUndo } from "../lib/press.js";

function show(button, isSaved) {
  button.closest(".comment, .opening").classList.toggle("is-bookmarked", isSaved);
  button.setAttribute("aria-pressed", isSaved);
  lead(button, isSaved ? "forget" : "bookmark");
}

export function start(section) {
  section.addEventListener("click", (event) => {
    const button = event.target.closest("button.bookmark");
    if (button?.form?.method !== "post") return; // a visitor's press asks them to sign in
    event.preventDefault();
    const isSaved = button.getAttribute("aria-pressed") !== "true";
    pressOrUndo(button, () => show(button, !isSaved));
    show(button, isSaved);
  });
}
