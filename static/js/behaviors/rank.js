// Ranks options by dragging or with the arrow keys. The ranks stay in the form's own selects, which are only hidden.
const LEVEL = "is-level";

const optionsOf = (list) => [...list.querySelectorAll(":scope > li:not(.rank-line)")];
const wordingOf = (row) => row.querySelector("label > span").textContent.trim();

/** Writes the ranks that follow from the order into the selects and beside the options. */
function settle(list) {
  const line = list.querySelector(".rank-line");
  let rank = 0;
  let place = 0;
  for (const row of optionsOf(list)) {
    const isRanked = Boolean(row.compareDocumentPosition(line) & Node.DOCUMENT_POSITION_FOLLOWING);
    place += 1;
    if (!isRanked || place === 1) row.classList.remove(LEVEL);
    if (isRanked && !row.classList.contains(LEVEL)) rank = place;
    row.querySelector("select").value = isRanked ? rank : "";
    row.querySelector(".rank-place").textContent = isRanked ? rank : "–";
    const handle = row.querySelector(".rank-handle");
    handle.setAttribute("aria-label", `${wordingOf(row)}, ${isRanked ? `rank ${rank}` : "not ranked"}. Arrow keys move it.`);
    const level = row.querySelector(".rank-level");
    if (level) {
      level.hidden = !isRanked || place === 1;
      level.setAttribute("aria-pressed", row.classList.contains(LEVEL));
    }
  }
}

function move(list, row, up) {
  const other = up ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (up) other.before(row);
  else other.after(row);
  row.classList.remove(LEVEL);
  settle(list);
  row.querySelector(".rank-handle").focus();
}

/** Moves an option to the end of the ranked ones, or back to the others. So ranking works without dragging. */
function toggle(list, row) {
  const line = list.querySelector(".rank-line");
  if (row.compareDocumentPosition(line) & Node.DOCUMENT_POSITION_FOLLOWING) line.after(row);
  else line.before(row);
  row.classList.remove(LEVEL);
}

function button(className, text) {
  return Object.assign(document.createElement("button"), { type: "button", className, textContent: text });
}

function prepare(list, row) {
  row.querySelector("select").hidden = true;
  const place = Object.assign(document.createElement("b"), { className: "rank-place" });
  row.prepend(button("rank-handle", "⠿"), place);
  row.draggable = true;
  if ("ties" in list.dataset) row.append(button("rank-level text-button", "level with the one above"));
}

function listenTo(list) {
  let dragged = null;
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!dragged || !over || over === dragged || over.parentElement !== list) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });
  list.addEventListener("dragend", () => {
    dragged = null;
    settle(list);
  });
  list.addEventListener("keydown", (event) => {
    if (!event.target.matches(".rank-handle") || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    move(list, event.target.closest("li"), event.key === "ArrowUp");
  });
  list.addEventListener("click", (event) => {
    const row = event.target.closest("li");
    if (event.target.closest("label")) {
      event.preventDefault(); // the label would open the hidden select
      toggle(list, row);
    }
    if (event.target.matches(".rank-level")) row.classList.toggle(LEVEL);
    if (event.target.matches(".rank-handle")) move(list, row, true);
    settle(list);
  });
}

/** Puts the ranked options first, by rank, then the line, then the others in their order. */
export function start(list) {
  const rows = optionsOf(list);
  const rankOf = (row) => Number(row.querySelector("select").value) || Infinity;
  rows.sort((one, other) => (rankOf(one) === rankOf(other) ? 0 : rankOf(one) - rankOf(other)));
  rows.forEach((row, place) => {
    prepare(list, row);
    if (place && rankOf(row) < Infinity) row.classList.toggle(LEVEL, rankOf(row) === rankOf(rows[place - 1]));
  });
  const line = Object.assign(document.createElement("li"), { className: "rank-line", textContent: "Press the options in your order, or drag them above this line" });
  const unranked = rows.findIndex((row) => rankOf(row) === Infinity);
  list.append(...rows);
  if (unranked < 0) list.append(line);
  else list.insertBefore(line, rows[unranked]);
  list.classList.add("is-sortable");
  listenTo(list);
  settle(list);
}
