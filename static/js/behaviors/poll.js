// A poll votes without a reload, and its numbers move while people vote. Without this module the form is a form.
import { page, spread } from "../lib/fetched.js";
import { say } from "../lib/foot.js";
import { listen, renew, UNHEARD } from "../lib/live.js";
import { still } from "../lib/still.js";

const REFUSALS = {
  429: "A little slower, please: that was not counted.",
  503: "Not counted, try again: the ballot box cannot be reached.",
};
const ASK_EVERY = 10; // seconds, while nothing is told
const IDLE = 20; // until one asks for what is not told where so many listen
const MINUTE = 60_000;
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Puts the server's section in the place of this one, and the focus on what it says. */
function replace(section, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.querySelector(".poll");
  section.replaceWith(fresh);
  const told = fresh.querySelector(".notice");
  if (told) {
    told.tabIndex = -1;
    told.focus();
  }
  return fresh;
}

async function send(section, form) {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  if (!answer.headers.get("Content-Type")?.includes("json")) throw new Error(REFUSALS[answer.status] ?? "That was not counted.");
  replace(section, (await answer.json()).html);
  renew(`topic:${section.dataset.topic}`);
}

async function submit(section, form) {
  const button = form.querySelector("button:not([type])");
  button.disabled = true;
  try {
    await send(section, form);
  } catch (error) {
    button.disabled = false;
    // The same form may be sent again: it counts once.
    say(error instanceof TypeError ? "No connection. It is not certain that your ballot was counted: send it again." : error.message, "error");
  }
}

/** New numbers in the same places; whoever has opened a table keeps it open. */
function show(section, message) {
  section.querySelector("[data-turnout]").textContent = message.turnout.toLocaleString("en");
  section.querySelector("[data-turnout-words]").textContent = message.turnout === 1 ? "has voted" : "have voted";
  const results = section.querySelector("[data-results]");
  if (!results || !message.results) return;
  const open = [...results.querySelectorAll("details")].map((details) => details.open);
  results.innerHTML = message.results;
  results.querySelectorAll("details").forEach((details, place) => {
    details.open = open[place] ?? details.open;
  });
}

/** Everybody's poll opens in the same instant, and everybody hears of the close in one; nobody need ask in it. */
async function turnOver(section) {
  await wait(Math.random() * spread());
  if (!section.isConnected) return; // it was told twice
  const other = await page(section.querySelector("h2 a").href);
  if (section.isConnected) still(() => replace(section, other.getElementById(section.id).outerHTML));
}

/** Looks each minute, for a computer may have slept. Where its clock is ahead, the page says again that there is time. */
async function awaitOpening(section) {
  const left = new Date(section.dataset.opens) - Date.now();
  await wait(left > 0 ? Math.min(left, MINUTE) : ASK_EVERY * 1000);
  if (left <= MINUTE) await turnOver(section).catch(() => {});
  if (section.isConnected) awaitOpening(section);
}

async function ask(section) {
  const answer = await fetch(section.dataset.state);
  if (answer.ok) take(section, await answer.json());
}

/** Asks in about so many seconds, at a moment of this page's own, if it is not about to; what a hidden one owes, it asks later. */
function soon(section, seconds) {
  section.due ??= setTimeout(turn, seconds * 1000 * (0.5 + Math.random()), section);
}

async function turn(section) {
  section.due = undefined;
  const isOwed = document.hidden;
  if (!isOwed) await ask(section).catch(() => {});
  const every = section.isAway ? ASK_EVERY : section.every;
  if (section.isConnected && (isOwed || every)) soon(section, every || IDLE);
}

function take(section, { kind, poll, ...told }) {
  if (poll !== Number(section.dataset.poll)) return;
  if (kind === "poll_counted") show(section, told);
  if (kind === "poll_closed") turnOver(section).catch(() => say("This poll has closed. Reload the page to see how."));
}

function turnAway(section, isAway) {
  if (isAway) soon(section, ASK_EVERY);
  else if (section.isAway) {
    section.due = clearTimeout(section.due); // what was missed is asked for without waiting so long
    soon(section, spread() / 1000);
  }
  section.isAway = isAway;
  const note = section.querySelector("[data-live-state]");
  if (note) note.textContent = isAway ? "live results pause" : "live";
}

/** Where many listen, turnout alone is told, and in the end nothing but how often to ask. */
function hear(section, message) {
  const { kind, stream, every, results } = message;
  const isJoined = kind === "joined" && stream === `topic:${section.dataset.topic}`;
  if (UNHEARD.includes(kind)) turnAway(section, true);
  if (isJoined || kind === "resumed") turnAway(section, false);
  if (isJoined || kind === "topic_counted" || kind === "topic_changed") section.every = 0;
  if (kind === "topic_crowded") soon(section, (section.every = every));
  if (kind === "poll_counted" && !results && section.querySelector("[data-results]")) soon(section, IDLE);
  take(section, message);
}

export function start(section) {
  section.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    event.preventDefault();
    submit(section, event.target);
  });
  if (!("open" in section.dataset)) return;
  if (section.dataset.opens) awaitOpening(section);
  const stream = `topic:${section.dataset.topic}`;
  const stop = listen(stream, (message) => {
    if (section.isConnected) hear(section, message);
    else stop();
  });
  renew(stream); // it may have come to a page that is connected already
}
