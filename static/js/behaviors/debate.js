// A debate's panel: counts down, takes sides without a reload, and follows what happens. Without this module buttons are
// buttons, and a reload shows the rest.
import { showSides } from "../lib/facts.js";
import { page, spread } from "../lib/fetched.js";
import { say } from "../lib/foot.js";
import { post } from "../lib/post.js";
import { still } from "../lib/still.js";

const PATIENCE = 4_000; // in which the socket tells what the clock has done
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function left(seconds) {
  const days = Math.floor(seconds / 86_400);
  const clock = new Date((seconds % 86_400) * 1000).toISOString().slice(11, 19);
  return days ? `${days} d ${clock}` : clock.replace(/^00:/, "");
}

/** The face is the server's; the row of one's own stays as it is. */
function show(panel, { html, state }) {
  if (html) panel.querySelector(".debate-face").innerHTML = html;
  if (state) panel.dataset.state = state;
  tick(panel);
}

/** At the end of a countdown everybody's page turns by itself; who has heard nothing of it a little later asks. */
async function turn(panel) {
  const before = panel.dataset.state;
  panel.dataset.state = before === "announced" ? "running" : "ended";
  const face = panel.querySelector(".debate-face").innerHTML;
  await wait(PATIENCE * (1 + Math.random()) + spread() * Math.random());
  if (panel.querySelector(".debate-face").innerHTML !== face) return;
  const other = (await page(location.href)).getElementById("debate");
  if (other) show(panel, { html: other.querySelector(".debate-face").innerHTML, state: other.dataset.state });
}

function tick(panel) {
  const output = panel.querySelector(".countdown");
  if (!output || output.dataset.done) return;
  const seconds = Math.ceil((new Date(output.dataset.until) - Date.now()) / 1000);
  const words = panel.dataset.state === "announced" ? `in ${left(seconds)}` : `${left(seconds)} left`;
  output.textContent = seconds > 0 ? words : "now";
  if (seconds > 0) return;
  output.dataset.done = true;
  turn(panel).catch(() => {});
}

async function choose(panel, button) {
  const answer = await post(button.formAction, new FormData(button.form), "application/json");
  if (answer.status === 429) throw new Error("A little slower, please: that was not saved.");
  if (!answer.ok) throw new Error("That was not saved: the debate is over.");
  for (const each of panel.querySelectorAll(".side-choice button")) each.setAttribute("aria-pressed", each === button);
  const debate = await answer.json();
  showSides(debate);
  show(panel, debate);
}

export function start(panel) {
  tick(panel);
  // What topic.js has heard. A debate that is called off takes its panel along.
  document.addEventListener("facts", ({ detail }) => {
    if (panel.isConnected) still(() => (detail.debate ? show(panel, detail.debate) : panel.remove()));
  });
  const clock = setInterval(() => (panel.isConnected ? tick(panel) : clearInterval(clock)), 1000);
  panel.addEventListener("click", (event) => {
    const button = event.target.closest(".side-choice button");
    if (button?.form?.method !== "post") return; // a visitor's press asks them to sign in
    event.preventDefault();
    choose(panel, button).catch((error) => say(error instanceof TypeError ? "No connection: that was not saved." : error.message, "error"));
  });
}
