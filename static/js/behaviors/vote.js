// Shows a vote at once, then what the server answered.
import { signed } from "../lib/make.js";
import { settle } from "../lib/marks.js";
import { pressOrUndo } from "../lib/press.js";
import { part } from "../lib/rows.js";

const SIDES = [
  ["up", 1],
  ["down", -1],
];

const scoreOf = (row) => part(row, ".acts > .score");

function standing(row) {
  return SIDES.find(([name]) => row.classList.contains(`voted-${name}`))?.[1] ?? 0;
}

function show(row, vote, score) {
  scoreOf(row).textContent = signed(score);
  for (const [name, value] of SIDES) row.classList.toggle(`voted-${name}`, value === vote);
  settle(row);
}

async function vote(button) {
  const row = button.closest(".comment, .opening");
  const score = Number(scoreOf(row).textContent.replace("\u2212", "-"));
  const before = standing(row);
  const side = button.classList.contains("up") ? 1 : -1;
  const after = before === side ? 0 : side;
  const pressing = pressOrUndo(button, () => show(row, before, score));
  show(row, after, score + after - before);
  const told = await pressing;
  if (told) show(row, told.vote, told.score);
}

/** The server answers {"vote": 1 | 0 | -1, "score": number}. */
export function start(section) {
  section.addEventListener("click", (event) => {
    const button = event.target.closest("button.vote");
    if (button?.form?.method !== "post") return; // a visitor is sent to the sign-in page
    event.preventDefault();
    vote(button);
  });
}
