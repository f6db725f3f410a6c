// Changing the page without moving what is being read, by not even a part of a pixel.
const EDGE = 60; // below the site's header, which covers what is above
const LANDMARKS = ".topic-head > *, .polls > *, .debate > *, .meta, .prose > *, .acts, .thread-bar, .more, .composer, .reply-end > *";
const roots = [document.documentElement, document.body];
let fraction = 0;

const topOf = (element) => element.getBoundingClientRect().top;

export function isInSight(element) {
  const { top, height } = element.getBoundingClientRect();
  return height > 0 && top >= EDGE && top < innerHeight;
}

/** Scrolls by whole pixels; what is left of the way, the page's upper edge gives or takes. */
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

/** The element, or what stands for it in a row that has been replaced. */
function now(one) {
  if (one.isConnected) return one;
  const row = document.getElementById(one.closest("[id]")?.id);
  return row?.querySelector(`:scope > .${one.classList[0]}`);
}

/** Makes the change; `first`, then what has the focus, then what is topmost stays where it is, whichever of them is in sight. */
export function still(change, first) {
  const seen = [first, document.activeElement, ...document.querySelectorAll(LANDMARKS)].filter((one) => one && isInSight(one));
  const tops = seen.map(topOf);
  // The browser's own anchoring chooses another element, and the two would add up. On <html> alone it would not hold: a toolbar
  // that comes into a composer moved the page.
  for (const root of roots) root.style.overflowAnchor = "none";
  change();
  const kept = seen.findIndex((one) => now(one)?.getClientRects().length);
  if (kept >= 0) bringBack(now(seen[kept]), tops[kept]);
  requestAnimationFrame(() => requestAnimationFrame(() => roots.forEach((root) => root.style.removeProperty("overflow-anchor"))));
}
