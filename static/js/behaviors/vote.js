// A vote shows at once; the server's answer then has the last word.
import { pressOrUndo } from "../lib/press.js";

const SIDES = { "voted-up": 1, "voted-down": -1 };

function standing(row) {
  for (const [name, value] of Object.entries(SIDES)) if (row.classList.contains(name)) return value;
  return 0;
}

function show(row, vote, score) {
  const acts = row.querySelector(":scope > .acts");
  acts.querySelector(".score").textContent = score;
  for (const [name, value] of Object.entries(SIDES)) {
    row.classList.toggle(name, value === vote);
    acts.querySelector(value > 0 ? ".up" : ".down")?.setAttribute("aria-pressed", value === vote);
  }
}

async function vote(button) {
  const row = button.closest(".comment, .opening");
  const score = Number(row.querySelector(":scope > .acts .score").textContent);
  const before = standing(row);
  const side = button.classList.contains("up") ? 1 : -1;
  const after = before === side ? 0 : side;
  show(row, after, score + after - before);
  const answer = await pressOrUndo(button, () => show(row, before, score));
  if (answer?.headers.get("Content-Type")?.startsWith("application/json")) {
    const told = await answer.json();
    show(row, told.vote, told.score);
  }
}

/** Answers are {"vote": 1|0|-1, "score": number}; any other success keeps what is shown. */
export function start(section) {
  for (const row of section.querySelectorAll(".voted-up, .voted-down")) {
    const side = row.classList.contains("voted-up") ? ".up" : ".down";
    row.querySelector(`:scope > .acts ${side}`)?.setAttribute("aria-pressed", "true");
  }
  section.addEventListener("click", (event) => {
    const button = event.target.closest("button.vote");
    if (!button?.form) return;
    event.preventDefault();
    vote(button);
  });
}
