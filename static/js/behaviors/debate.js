// The panel of a debate: counts down, saves a side without a reload, and shows changes. Without this module the buttons send
// their form, and a reload shows the changes.
import { now } from "../lib/clock.js";
import { showSides } from "../lib/facts.js";
import { page, spread } from "../lib/fetched.js";
import { say } from "../lib/foot.js";
import { press, UNSAVED } from "../lib/press.js";
import { ignoreFailedRequest, showFailure } from "../lib/request.js";
import { rowOf } from "../lib/rows.js";
import { still } from "../lib/still.js";

const PATIENCE = 4_000; // milliseconds in which the socket should announce that the debate began or ended
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function left(seconds) {
  const days = Math.floor(seconds / 86_400);
  const clock = new Date((seconds % 86_400) * 1000).toISOString().slice(11, 19);
  return days ? `${days} d ${clock}` : clock.replace(/^00:/, "");
}

/** Shows the part that is the same for everyone. The viewer's own buttons stay as they are. */
function show(panel, { html, state }) {
  if (html) {
    panel.querySelector(".debate-face").innerHTML = html;
    document.querySelector("[data-debate-when]").innerHTML = panel.querySelector(".debate-when > .badge + span").innerHTML;
  }
  if (state) panel.dataset.state = state;
  tick(panel);
}

/** Shows below comments how the sides voted: {comment: HTML}. */
function showLines(lines) {
  for (const [id, line] of Object.entries(lines)) {
    const acts = rowOf(id)?.querySelector(":scope > .acts");
    acts?.querySelector(":scope > .by-side")?.remove();
    acts?.insertAdjacentHTML("afterbegin", line);
  }
}

/** Changes the state at the end of a countdown. Fetches the page if the socket has announced nothing a little later. */
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
  const seconds = Math.ceil((new Date(output.dataset.until) - now()) / 1000);
  const words = panel.dataset.state === "announced" ? `in ${left(seconds)}` : `${left(seconds)} left`;
  output.textContent = seconds > 0 ? words : "now";
  if (seconds > 0) return;
  output.dataset.done = true;
  turn(panel).catch(ignoreFailedRequest);
}

/** The server answers with the same facts as a live update: {state, html, sides: {name: side}}. */
function cancel(panel) {
  panel.remove();
  document.querySelector("[href='#debate']").remove();
}

async function choose(panel, button) {
  const debate = await press(button);
  const was = panel.querySelector('.side-choice [aria-pressed="true"]');
  if (was && was !== button) panel.querySelector(".side-choice [hidden]")?.removeAttribute("hidden");
  for (const each of panel.querySelectorAll(".side-choice button")) each.setAttribute("aria-pressed", each === button);
  showSides(debate);
  show(panel, debate);
  say(`Saved. Your side: ${button.textContent.trim()}.`);
}

export function start(panel) {
  tick(panel);
  // Sent by topic.js. Without a debate in it, the debate was cancelled.
  document.addEventListener("facts", ({ detail }) => {
    if (panel.isConnected) still(() => (detail.debate ? show(panel, detail.debate) : cancel(panel)));
    if (detail.debate) still(() => showLines(detail.debate.lines));
  });
  const clock = setInterval(() => (panel.isConnected ? tick(panel) : clearInterval(clock)), 1000);
  panel.addEventListener("click", (event) => {
    const button = event.target.closest(".side-choice button");
    if (button?.form?.method !== "post") return; // a visitor is sent to the sign-in page
    event.preventDefault();
    choose(panel, button).catch((error) => showFailure(error, UNSAVED));
  });
}
