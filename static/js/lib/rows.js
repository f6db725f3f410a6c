/** The list of a row's replies, made if it has none yet. */
export function repliesOf(row) {
  const found = row.querySelector(":scope > .thread");
  if (found) return found;
  const list = document.createElement("ol");
  list.className = "thread";
  row.append(list);
  return list;
}

/** Makes a row the current one, for the eye, the keys and the screen reader; scrolls only when told to. */
export function attend(row, scroll = "nearest") {
  document.querySelector(".is-current")?.classList.remove("is-current");
  row.classList.add("is-current");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: scroll });
}
