// The viewer state of a row. The classes of the row hold it. Its buttons show it, and a pressed button leads to undoing.
import { make } from "./make.js";
import { lead } from "./press.js";
import { part } from "./rows.js";

const MARKS = [
  ["voted-up", ".acts > .up", "up", "none"],
  ["voted-down", ".acts > .down", "down", "none"],
  ["is-bookmarked", ".acts > .bookmark", "bookmark", "forget"],
  ["is-collapsed", ".meta > .fold", "fold", "unfold"],
];

/** Brings the buttons of a row in line with its classes. */
export function settle(row) {
  for (const [mark, selector, word, back] of MARKS) {
    const button = part(row, selector);
    if (!button) continue;
    const isOn = row.classList.contains(mark);
    lead(button, isOn ? back : word);
    if (button.ariaPressed) button.ariaPressed = isOn;
    if (button.ariaExpanded) button.ariaExpanded = !isOn;
  }
}

/** Shows a badge beside the author's name, or removes it without a text. A row has one of each kind. */
export function badge(row, kind, text) {
  const meta = part(row, ".meta");
  const found = part(meta, `.${kind}`);
  if (!text) return found?.remove();
  if (found) found.textContent = text;
  else meta.insertBefore(make("span", `badge ${kind}`, text), part(meta, ".fold"));
}

/** Adds to the number of new comments below a row, which its badge shows. */
export function countNewBelow(row, by) {
  const number = (parseInt(part(row, ".meta > .branch")?.textContent, 10) || 0) + by;
  badge(row, "branch", number > 0 && `${number} new below`);
}

/** Adds to the number of hidden comments that a folded branch shows. */
export function countBelow(row, by) {
  const words = part(row, ".meta > .fold > span");
  words.textContent = `${parseInt(words.textContent, 10) + by} hidden`;
}

/** Folds the text of a member whom the viewer ignores. */
export function ignore(row) {
  const prose = part(row, ".prose");
  const details = make("details", "ignored", make("summary", "", `From ${part(row, ".meta > .author").textContent}, whom you ignore`));
  prose.replaceWith(details);
  details.append(prose);
}

const isKept = (one) => one.matches(".fold, .branch, .solved, .live-chip");
const said = (one) => one.matches(".menu") ? "menu" : one.className + one.getAttribute("href") + (one.querySelector("time") ? "" : one.textContent);
const proseOf = (row) => part(row, ".prose") ?? part(row, ".ignored > .prose");

/** Replaces a part of the row only if the fresh one differs, so that an open menu stays open. */
function exchange(row, fresh, selector) {
  const [old, made] = [part(row, selector), part(fresh, selector)];
  const [kept, rest] = [true, false].map((is) => [...old.children].filter((one) => isKept(one) === is));
  for (const one of [...made.children].filter(isKept)) one.remove();
  if (String(rest.map(said)) === String([...made.children].map(said))) return;
  made.append(...kept);
  old.replaceWith(made);
}

/** Updates a row from a fresh one. Its place, the rows below it and the viewer state stay. */
export function rewrite(row, fresh) {
  for (const state of ["is-gone", "is-locked"]) row.classList.toggle(state, fresh.classList.contains(state));
  exchange(row, fresh, ".meta");
  exchange(row, fresh, ".acts");
  const [old, made] = [proseOf(row), proseOf(fresh)];
  if (old.innerHTML !== made.innerHTML) old.replaceChildren(...made.childNodes);
  settle(row);
}
