// Replaces the page's UTC times, which are the same for everyone, by "5h ago". The reader's own time shows on hover.
const STEPS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const near = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short" });

const own = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });

function ago(then) {
  const seconds = (then - Date.now()) / 1000;
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ["minute", 60];
  const count = Math.trunc(seconds / size);
  if (count === 0) return seconds > 0 ? "in a moment" : "just now";
  return near.format(count, unit);
}

function tell(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const then = new Date(time.dateTime);
    if (!time.dateTime.includes("T") || Number.isNaN(then.getTime())) continue;
    time.title ||= exact.format(then);
    const text = "exact" in time.dataset ? own.format(then) : ago(then);
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
}
