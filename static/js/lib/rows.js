// The rows of a discussion, their parts and places.
import { make } from "./make.js";

const EYE_DEPTH = 8; // as in forums/thread.py

export const rowOf = (id) => document.getElementById(`comment-${id}`);
export const idOf = (row) => row.id.slice(8);

/** What stands directly in a row, not in the rows below it. */
export const part = (row, selector) => row.querySelector(`:scope > ${selector}`);

export const replies = (count) => `${count} ${count === 1 ? "reply" : "replies"}`;

/** The list of a row's replies, made if it has none yet. */
export const repliesOf = (row) => part(row, ".thread") ?? row.appendChild(make("ol", "thread"));

function levelOf(row) {
  let level = 0;
  for (let list = row.closest(".thread"); list; list = list.parentElement.closest(".thread")) level += 1;
  return level;
}

/** The comment that a row of the flat run answers, or that a link there has more replies of. */
const answeredIn = (row) => part(row, "a[data-branch]")?.dataset.branch ?? part(row, ".meta > .parent")?.pathname.match(/\d+/)[0];

/** The last row of the flat run that answers this one, or such a row. */
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
 * Puts a row below `parent`, a row or the page's own list: by when it came, for it has no votes yet. What is new comes last, but
 * where the newest come first. Below the eighth level, replies follow flat.
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

/** The link to the replies that are left out below `near`, a row or the page's list. */
export function moreBelow(section, near) {
  return section.querySelector(`.more > a[data-branch="${near?.dataset.branch ?? near?.id.slice(8)}"]`);
}

/** Adds to how many more replies a link below `near`, a row or the page's list, promises; a row without one gets it. */
export function countMore(section, near, by) {
  const isRow = near?.matches(".comment");
  const link = moreBelow(section, near) ?? (isRow && by > 0 ? linkBelow(near, section.dataset.sort) : null);
  const count = parseInt(link?.textContent, 10) + by; // the list's own link gives no number
  if (count < 1) link.parentElement.remove();
  else if (count) link.textContent = link.textContent.includes("more") ? replies(count).replace(" ", " more ") : replies(count);
}

/** Makes a row the current one, for the eye, the keys and the screen reader; scrolls only when told to. */
export function attend(row, scroll) {
  document.querySelector(".is-current")?.classList.remove("is-current");
  row.classList.add("is-current");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  if (scroll) row.scrollIntoView({ block: scroll });
}
