// Replaces the page's UTC times, which are the same for everyone, by "5h ago". The exact time shows on hover.
import { now } from "../lib/clock.js";
import { chosen, here, shown } from "../lib/zones.js";

const STEPS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const near = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });
const exact = new Intl.DateTimeFormat("en-GB", {
  weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short", timeZone: shown,
});

/** Says how long ago something was. It is never in the future, even where clocks differ. */
function ago(then) {
  const seconds = (now() - then) / 1000;
  const step = STEPS.find(([, length]) => seconds >= length);
  return step ? near.format(-Math.trunc(seconds / step[1]), step[0]) : "just now";
}

function tell(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const then = new Date(time.dateTime);
    if (!time.dateTime.includes("T") || Number.isNaN(then.getTime())) continue;
    time.title ||= exact.format(then);
    const text = "exact" in time.dataset ? exact.format(then) : ago(then);
    if (time.textContent !== text) time.textContent = text;
  }
}

/** Writes the times, and updates them once a minute and for rows that arrive later. */
export function start(page) {
  tell(page);
  setInterval(() => tell(page), 60_000);
  new MutationObserver((changes) => {
    for (const target of new Set(changes.map((change) => change.target))) tell(target);
  }).observe(page, { childList: true, subtree: true });
  if (chosen && here && here !== shown) import("../lib/offer.js").then(({ offer }) => offer(here, chosen));
}
