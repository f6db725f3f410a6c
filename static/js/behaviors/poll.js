// Votes in a poll without a reload, and updates its numbers while people vote. Without this module the form is sent as usual.
import { now } from "../lib/clock.js";
import { page, pageAnew, spread } from "../lib/fetched.js";
import { say } from "../lib/foot.js";
import { listen, renew, OFFLINE_KINDS } from "../lib/live.js";
import { ignoreFailedRequest, Refused, request, showFailure } from "../lib/request.js";
import { still } from "../lib/still.js";

const UNCERTAIN = "No connection. It is not certain that your ballot was counted: send it again.";
const REFUSALS = {
  429: "Your ballot was not counted. Please wait a moment and send it again.",
  503: "Your ballot was not counted because it could not be stored. Please send it again.",
};
const ASK_EVERY = 10; // seconds between requests while no live updates come
const IDLE = 20; // seconds until a request, where too many listen for results to be sent to each
const MINUTE = 60_000;
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const isOpen = ({ dataset }) => "open" in dataset && !("opens" in dataset);

/** Replaces this section with the server's, and focuses its message. */
function replace(section, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.querySelector(".poll");
  section.replaceWith(fresh);
  const open = document.querySelector("[data-open-polls]"); // only on the page of a topic
  if (open) open.textContent = Number(open.textContent) + isOpen(fresh) - isOpen(section);
  const told = fresh.querySelector(".notice");
  if (told) {
    told.tabIndex = -1;
    told.focus();
  }
  return fresh;
}

async function send(section, form) {
  const answer = await request(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  if (!answer.headers.get("Content-Type")?.includes("json")) throw new Refused(REFUSALS[answer.status] ?? "Your ballot was not counted. Reload the page to see why.");
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
    // Sending the same form twice counts once.
    showFailure(error, UNCERTAIN);
  }
}

/** Writes the new numbers into the same places. An open table stays open. */
function show(section, message) {
  section.querySelector("[data-turnout]").textContent = message.turnout.toLocaleString("en");
  section.querySelector("[data-turnout-words]").textContent = message.turnout === 1 ? "has voted" : "have voted";
  section.querySelector("[data-share]")?.replaceChildren(message.share ?? "");
  const results = section.querySelector("[data-results]");
  if (!results || !message.results) return;
  const open = [...results.querySelectorAll("details")].map((details) => details.open);
  results.innerHTML = message.results;
  results.querySelectorAll("details").forEach((details, place) => {
    details.open = open[place] ?? details.open;
  });
}

/** Fetches a poll that has opened or closed. Waits first, because all readers learn of it in the same instant. */
async function turnOver(section) {
  await wait(Math.random() * spread());
  if (!section.isConnected) return; // replaced meanwhile, because the message came twice
  const other = await page(section.querySelector("h2 a").href);
  if (section.isConnected) still(() => replace(section, other.getElementById(section.id).outerHTML));
}

/** Checks every minute, because a computer may have slept. Checks again if the server says that the poll is not open yet. */
async function awaitOpening(section) {
  const left = new Date(section.dataset.opens) - now();
  await wait(left > 0 ? Math.min(left, MINUTE) : ASK_EVERY * 1000);
  if (left <= MINUTE) await turnOver(section).catch(ignoreFailedRequest);
  if (section.isConnected) awaitOpening(section);
}

async function ask(section) {
  const answer = await request(section.dataset.state);
  if (answer.ok) take(section, await answer.json());
}

/** Plans a request in about so many seconds, at a random moment, unless one is planned. A hidden page sends it later. */
function soon(section, seconds) {
  section.due ??= setTimeout(turn, seconds * 1000 * (0.5 + Math.random()), section);
}

async function turn(section) {
  section.due = undefined;
  const isOwed = document.hidden;
  if (!isOwed) await ask(section).catch(ignoreFailedRequest);
  const every = section.isAway ? ASK_EVERY : section.every;
  if (section.isConnected && (isOwed || every)) soon(section, every || IDLE);
}

function take(section, { kind, poll, ...told }) {
  if (poll !== Number(section.dataset.poll)) return;
  if (kind === "poll_counted") show(section, told);
  if (kind === "poll_closed") turnOver(section).catch((error) => {
    ignoreFailedRequest(error);
    say("This poll has closed. Reload the page to see the result.");
  });
}

function turnAway(section, isAway) {
  if (isAway) soon(section, ASK_EVERY);
  else if (section.isAway) {
    section.due = clearTimeout(section.due); // missed updates are fetched sooner
    soon(section, spread() / 1000);
  }
  section.isAway = isAway;
  const note = section.querySelector("[data-live-state]");
  if (note) note.textContent = isAway ? "live results pause" : "live";
}

/** Handles a message. Where many listen, it holds only the turnout; under more load, only how often to send a request. */
function receive(section, message) {
  const { kind, stream, every, results } = message;
  const isJoined = kind === "joined" && stream === `topic:${section.dataset.topic}`;
  if (OFFLINE_KINDS.includes(kind)) turnAway(section, true);
  if (isJoined || kind === "resumed") turnAway(section, false);
  if (isJoined || kind === "topic_counted" || kind === "topic_changed") section.every = 0;
  if (kind === "topic_crowded") soon(section, (section.every = every));
  if (kind === "poll_counted" && !results && section.querySelector("[data-results]")) soon(section, IDLE);
  take(section, message);
}

/** Fetches the list of polls again when one opens or closes. */
function watch(list) {
  const stop = listen("topics", async ({ kind }) => {
    if (kind !== "polls_changed") return;
    stop();
    const fresh = (await pageAnew())?.querySelector("[data-list]");
    fresh ? list.replaceWith(fresh) : watch(list);
  });
}

export function start(section) {
  if ("list" in section.dataset) return watch(section);
  section.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    event.preventDefault();
    submit(section, event.target);
  });
  if (!("open" in section.dataset)) return;
  if (section.dataset.opens) awaitOpening(section);
  const stream = `topic:${section.dataset.topic}`;
  const stop = listen(stream, (message) => {
    if (section.isConnected) receive(section, message);
    else stop();
  });
  renew(stream); // the page may have joined before this poll was added
}
