// Collapses a branch at once, then remembers it: on the server for members, in this browser for visitors.
import { settle } from "../lib/marks.js";
import { pressOrUndo } from "../lib/press.js";
import { read, write } from "../lib/storage.js";

const KEY = "folkmoot-folded";
const KEPT = 400;

function remembered() {
  const found = read(KEY);
  return new Set(Array.isArray(found) ? found : []);
}

function remember(id, isFolded) {
  const ids = remembered();
  ids.delete(id);
  if (isFolded) ids.add(id);
  write(KEY, [...ids].slice(-KEPT)); // without storage, the branch stays folded only until the page closes
}

function show(row, isFolded) {
  row.classList.toggle("is-collapsed", isFolded);
  settle(row);
}

/** Listens for presses of .fold, which include the rail beside a branch. */
export function start(section) {
  const visitor = document.documentElement.dataset.viewer === "visitor";
  if (visitor) {
    const ids = remembered();
    for (const row of section.querySelectorAll(".comment")) if (ids.has(row.id)) show(row, true);
  }
  section.addEventListener("click", (event) => {
    const button = event.target.closest(".fold");
    if (!button) return;
    event.preventDefault();
    const row = button.closest(".comment");
    const isFolded = !row.classList.contains("is-collapsed");
    if (visitor) remember(row.id, isFolded);
    else pressOrUndo(button, () => show(row, !isFolded));
    show(row, isFolded);
    if (isFolded && row.getBoundingClientRect().top < 0) row.scrollIntoView({ block: "start" });
  });
}
