// Keys of the moderation queue: j and k move between cases, and each act has a letter. They come before the reading keys.
import { say } from "../lib/foot.js";
import { explain } from "../lib/keyhelp.js";
import { attend } from "../lib/rows.js";
import { areOn } from "../lib/shortcuts.js";

let armed = null; // the far-reaching act whose letter was pressed last

const cases = () => [...document.querySelectorAll(".case")];
const current = () => document.querySelector(".case.is-current");

function step(by) {
  const all = cases();
  const next = all[all.indexOf(current()) + by];
  armed = null;
  if (next) attend(next, "start");
}

/** Presses the button of the current case that has this letter. A far-reaching act needs its letter twice. */
function press(letter) {
  const found = current()?.querySelector(`[data-letter="${CSS.escape(letter)}"]`);
  if (!found) return false;
  const isArmed = armed === found;
  armed = null;
  if (found.matches("textarea")) found.focus();
  else if (found.dataset.grave && !isArmed) {
    armed = found;
    say(`${found.dataset.grave}? Press ${letter} once more.`);
  } else found.click();
  return true;
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  "?": () => explain(document.getElementById("queue-keys")),
};

function hear(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !areOn()) return;
  const field = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (event.key === "Escape" && field) current()?.focus();
  if (field || event.target.closest("dialog")) return;
  if (keys[event.key]) keys[event.key]();
  else if (!press(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
}

/** Makes the oldest case the current one, unless the address names another. */
export function start() {
  document.addEventListener("keydown", hear, true);
  const first = cases().find((each) => `#${each.id}` === location.hash) ?? cases()[0];
  if (!first) return;
  first.classList.add("is-current");
  first.tabIndex = -1;
  first.focus({ preventScroll: true });
}
