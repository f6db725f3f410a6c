// Changes the page without moving what is being read, not even by a part of a pixel.
const EDGE = 60; // pixels that the site's header covers
const LANDMARKS = ".topic-head > *, .polls > *, .debate > *, .polls-more, .meta, .prose > *, .acts, .thread-bar, .more, .composer, .reply-end > *";
const roots = [document.documentElement, document.body];
let fraction = 0;

const topOf = (element) => element.getBoundingClientRect().top;

export function isInSight(element) {
  const { top, height } = element.getBoundingClientRect();
  return height > 0 && top >= EDGE && top < innerHeight;
}

/** Scrolls by whole pixels, and moves the rest by the padding at the top of the page. */
function bringBack(element, before) {
  let off = topOf(element) - before;
  if (!off) return;
  scrollBy({ top: Math.round(off), behavior: "instant" });
  off = topOf(element) - before;
  if (!off || Math.abs(off) >= 1) return; // the page ends here
  fraction -= off;
  const step = Math.floor(fraction);
  fraction -= step;
  document.getElementById("main").style.paddingBlockStart = `${fraction}px`;
  scrollBy({ top: -step, behavior: "instant" });
}

/** Returns the element, or the same part of the row that replaced its row. */
function now(one) {
  if (one.isConnected) return one;
  const row = document.getElementById(one.closest("[id]")?.id);
  return row?.querySelector(`:scope > .${one.classList[0]}`);
}

/** Makes the change and keeps one visible element in its place: `first`, otherwise the focused one, otherwise the topmost. */
export function still(change, first) {
  const seen = [first, document.activeElement, ...document.querySelectorAll(LANDMARKS)].filter((one) => one && isInSight(one));
  const tops = seen.map(topOf);
  // The browser's own scroll anchoring may choose another element, and both corrections would add up. It must be off on <body>
  // too: with <html> alone, a toolbar that was added to a composer moved the page.
  for (const root of roots) root.style.overflowAnchor = "none";
  change();
  const kept = seen.findIndex((one) => now(one)?.getClientRects().length);
  if (kept >= 0) bringBack(now(seen[kept]), tops[kept]);
  requestAnimationFrame(() => requestAnimationFrame(() => roots.forEach((root) => root.style.removeProperty("overflow-anchor"))));
}
