// Adds a copy button to each block of code. What scrolls sideways can be reached with the keyboard, which not all browsers do.
import { copy } from "../lib/clipboard.js";
import { makeButton } from "../lib/make.js";

function dress(pre) {
  const button = makeButton("copy-code");
  button.ariaLabel = button.title = "Copy this code"; // no text, which would be quoted with the code
  pre.prepend(button);
}

export function start(section) {
  const sheet = document.querySelector("link[href*='/seldom.']"); // disabled on a page without code and animations
  const sizes = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  function look() {
    for (const box of section.querySelectorAll(".prose :is(pre, table), .table-box")) sizes.observe(box);
    for (const pre of section.querySelectorAll(".prose pre:not(:has(.copy-code))")) dress(pre);
    if (sheet.disabled && section.querySelector(".prose :is(pre, .moving)")) sheet.disabled = false;
  }
  look();
  new MutationObserver(look).observe(section, { childList: true, subtree: true });
  section.addEventListener("click", (event) => {
    const button = event.target.closest(".copy-code");
    if (button) copy(button.parentElement.textContent, "The code is copied.");
  });
}
