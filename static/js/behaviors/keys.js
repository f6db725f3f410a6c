// Keys for reading. They do nothing while someone types or holds a modifier key.
import { attend } from "../lib/rows.js";
import { areOn } from "../lib/shortcuts.js";

const NEW = ".is-new:not(.is-gone)";

const seen = (row) => row.getClientRects().length > 0;
const rows = (selector) => [...document.querySelectorAll(selector)].filter(seen);

function current() {
  return document.querySelector(".is-current") ?? document.querySelector(".comment:target");
}

function step(selector, by) {
  const all = rows(selector);
  const here = current();
  const passed = (row) => here.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING;
  const next = by > 0 ? all.find((row) => !here || passed(row)) : all.findLast((row) => here && row !== here && !passed(row));
  if (next) attend(next, "start");
  return next;
}

/** Goes to the next new comment, by the page's own link if it is on another page. */
function goOn() {
  if (step(NEW, 1)) return;
  const link = document.querySelector('.new-bar a[data-key="n"][href]');
  if (!link) return;
  const row = document.getElementById(`comment-${link.pathname.match(/\d+/)}`);
  if (!row) location.assign(link.href);
  else if (seen(row)) attend(row, "start");
}

/** The first of these that is shown: on somebody's own comment, the buttons for votes are hidden. */
const within = (selector) => [...(current() ?? document).querySelectorAll(selector)].find(seen);

const keys = {
  j: () => step(".comment, .topic", 1),
  k: () => step(".comment, .topic", -1),
  n: goOn,
  p: () => step(NEW, -1),
  o: () => current()?.querySelector("h2 a")?.click(),
  r: () => within(":scope > .acts .reply, .opening .reply")?.click(),
  s: () => document.querySelector(".live-bar")?.click(),
  u: () => within(":scope > .acts .up")?.click(),
  c: () => within(":scope > .meta .fold")?.click(),
  "/": () => document.querySelector(".site-search input, #q")?.focus(),
  "?": explain,
};

let isOpening = false; // the list of keys is being fetched, and the next keys are meant for it

async function explain() {
  isOpening = true;
  await import("../lib/keyhelp.js").then((help) => help.explain()).finally(() => (isOpening = false));
}

/** Also makes links and buttons with data-key="n" act like that key, for people without a keyboard. */
export function start(page) {
  for (const button of page.querySelectorAll("[data-key][hidden]")) button.hidden = false;
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable], dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key] || !areOn()) return;
    event.preventDefault();
    if (!isOpening) keys[event.key]();
  });
  page.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (!key || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    keys[key]();
  });
}
