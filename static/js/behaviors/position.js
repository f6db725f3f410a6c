// Shows beside the discussion which comment is at the top of the screen, and from which day.
import { shown } from "../lib/zones.js";

const BELOW_HEADER = 130; // pixels
const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: shown });

export function start(box) {
  const line = box.querySelector(".position");
  const section = document.querySelector(".discussion");
  let isDue = false;

  function show() {
    isDue = false;
    const { left, width } = section.getBoundingClientRect();
    const row = document.elementFromPoint(left + width / 2, BELOW_HEADER)?.closest(".comment");
    const at = row && new Date(row.querySelector(".meta time").dateTime);
    line.textContent = row ? `Comment ${row.dataset.seq}, ${day.format(at)}` : "At the beginning";
  }

  if (!line) return;
  line.hidden = false;
  addEventListener("scroll", () => {
    if (!isDue) isDue = requestAnimationFrame(show);
  }, { passive: true });
}
