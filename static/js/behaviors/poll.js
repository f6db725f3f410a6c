// A poll votes without a reload, and its numbers move while people vote. Without this module the form is a form.
import { page } from "../lib/fetched.js";
import { listen, renew } from "../lib/live.js";
import { say } from "../lib/say.js";

const REFUSALS = {
  429: "A little slower, please: that was not counted.",
  503: "Not counted, try again: the ballot box cannot be reached.",
};
const ASK_EVERY = 10_000;
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

/** Everybody hears of the close in the same instant; nobody need ask in it. */
async function finish(section) {
  await wait(Math.random() * 3000);
  const other = await page(section.querySelector("h2 a").href);
  if (section.isConnected) replace(section, other.getElementById(section.id).outerHTML);
}

async function ask(section) {
  const answer = await fetch(section.dataset.state);
  if (answer.ok) hear(section, await answer.json());
}

function hear(section, message) {
  const note = section.querySelector("[data-live-state]");
  if (message.kind === "away" || message.kind === "paused") {
    section.away ??= setInterval(() => document.hidden || ask(section).catch(() => {}), ASK_EVERY * (1 + Math.random()));
    if (note) note.textContent = "live results pause";
  } else if (message.kind === "joined" || message.kind === "resumed") {
    if (section.away) wait(Math.random() * 2000).then(() => ask(section)).catch(() => {});
    clearInterval(section.away);
    section.away = undefined;
    if (note) note.textContent = "live";
  } else if (message.poll === Number(section.dataset.poll)) {
    if (message.kind === "poll_counted") show(section, message);
    if (message.kind === "poll_closed") finish(section).catch(() => say("This poll has closed. Reload the page to see how."));
  }
}

export function start(section) {
  section.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    event.preventDefault();
    submit(section, event.target);
  });
  if (!("open" in section.dataset)) return;
  const stream = `topic:${section.dataset.topic}`;
  const stop = listen(stream, (message) => {
    if (section.isConnected) hear(section, message);
    else {
      clearInterval(section.away);
      stop();
    }
  });
  renew(stream); // it may have come to a page that is connected already
}
