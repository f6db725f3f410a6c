// Finds the rows of a discussion and their parts, and puts new rows in their places.
import { make } from "./make.js";

const EYE_DEPTH = 8; // the same number as on the server

export const rowOf = (id) => document.getElementById(`comment-${id}`);
export const idOf = (row) => row.id.slice(8);

/** Returns a part of this row itself, not of the rows below it. */
export const part = (row, selector) => row.querySelector(`:scope > ${selector}`);

export const replies = (count) => `${count} ${count === 1 ? "reply" : "replies"}`;

/** Returns the list of a row's replies; makes it if there is none. */
export const repliesOf = (row) => part(row, ".thread") ?? row.appendChild(make("ol", "thread"));

function levelOf(row) {
  let level = 0;
  for (let list = row.closest(".thread"); list; list = list.parentElement.closest(".thread")) level += 1;
  return level;
}

/** Returns the id of the comment that a row of the flat run answers, or whose further replies a link there opens. */
const answeredIn = (row) => part(row, "a[data-branch]")?.dataset.branch ?? part(row, ".meta > .parent")?.pathname.match(/\d+/)[0];

/** Returns the last row of the flat run that belongs below this one. */
function endOf(row) {
  const branch = new Set([idOf(row)]);
  let end = row;
  for (let next = row.nextElementSibling; next && branch.has(answeredIn(next)); next = next.nextElementSibling) {
    branch.add(idOf(next));
    end = next;
  }
  return end;
}

/**
 * Puts a row below `parent`, a row or the page's own list, by its time because it has no votes yet: last, or first if the newest
 * come first. Below the eighth level, replies follow flat.
 */
export function place(row, parent, isNewestFirst) {
  const list = parent.matches(".thread") ? parent : levelOf(parent) < EYE_DEPTH && repliesOf(parent);
  const cameLater = (one) => Number(one.dataset.seq) > row.dataset.seq;
  if (!list) (isNewestFirst ? parent : endOf(parent)).after(row);
  else list.insertBefore(row, [...list.children].find((one) => one.dataset.seq && cameLater(one) !== isNewestFirst) ?? null);
}

function linkBelow(row, sort) {
  const link = make("a", "", "0 more replies");
  link.rel = "nofollow";
  link.href = `${location.pathname}?branch=${row.dataset.seq}&sort=${sort}`;
  link.dataset.branch = idOf(row);
  place(make("li", "more", link), row, false);
  return link;
}

/** Returns the link to the replies that are left out below `near`, a row or the page's list. */
export function moreBelow(section, near) {
  return section.querySelector(`.more > a[data-branch="${near?.dataset.branch ?? near?.id.slice(8)}"]`);
}

/** Adds to the number of replies that the link below `near`, a row or the page's list, shows. Makes a missing link of a row. */
export function countMore(section, near, by) {
  const isRow = near?.matches(".comment");
  const link = moreBelow(section, near) ?? (isRow && by > 0 ? linkBelow(near, section.dataset.sort) : null);
  const count = parseInt(link?.textContent, 10) + by; // NaN for the list's own link, which shows no number
  if (count < 1) link.parentElement.remove();
  else if (count) link.textContent = link.textContent.includes("more") ? replies(count).replace(" ", " more ") : replies(count);
}

/** Makes a row the current one and focuses it. Scrolls only with `scroll`, a value for scrollIntoView's `block`. */
export function attend(row, scroll) {
  document.querySelector(".is-current")?.classList.remove("is-current");
  row.classList.add("is-current");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  if (scroll) row.scrollIntoView({ block: scroll });
}
