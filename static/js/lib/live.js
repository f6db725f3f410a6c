// The tab's one socket, shared by all behaviours. It reconnects by itself, after a random delay, so that a thousand readers do
// not all return in the same second.
import { ignoreFailedRequest } from "./request.js";

const TOO_MANY = [4009, 4010]; // close codes: too many connections of this member or address
const QUIET = 60_000;
const PATIENCE = 5_000;
const LOOK_EVERY = 20_000;
/** The kinds of message after which no updates come. */
export const OFFLINE_KINDS = ["away", "paused", "closed"];
const listeners = new Map(); // stream -> set of functions
const versions = new Map(); // stream -> function that returns the version that the page shows
let socket = null;
let isOver = false;
let failures = 0;
let receivedAt = 0;
let retry; // timer of the next attempt
/** How many people read this page's topic, by the server's last message. */
export let readers = 0;

/** The page names ":8001" for that port of its own host, "" for its own origin, and otherwise a complete address. */
function address() {
  const given = document.documentElement.dataset.live;
  if (given && !given.startsWith(":")) return `${given.replace(/\/$/, "")}/ws/`;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${given ? location.hostname + given : location.host}/ws/`;
}

function dispatch(message) {
  if (message.kind === "readers_counted") readers = message.readers;
  for (const functions of [...listeners.values()]) for (const listener of functions) listener(message);
}

/** Sends a message to the server if there is a connection. */
export function send(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

/** Makes the server check again what this viewer may receive, for instance after voting. */
export const renew = (stream) => send({ join: stream, since: versions.get(stream)?.() });

/**
 * Calls ask() about every so many milliseconds while no live updates come, at random moments and never in a hidden tab.
 * Returns a function that must be called with every message.
 */
export function meanwhile(ask, every) {
  let timer;
  return ({ kind }) => {
    if (OFFLINE_KINDS.includes(kind)) timer ??= setInterval(() => document.hidden || ask().catch(ignoreFailedRequest), every * (0.5 + Math.random()));
    else if (kind === "joined" || kind === "resumed") timer = clearInterval(timer);
  };
}

const renewAll = () => [...listeners.keys()].forEach(renew);

function connect() {
  clearTimeout(retry);
  const made = new WebSocket(address());
  socket = made;
  made.onopen = renewAll;
  made.onmessage = (event) => {
    failures = 0;
    receivedAt = Date.now();
    for (const message of JSON.parse(event.data)) dispatch(message);
  };
  made.onclose = ({ code }) => made === socket && lose(code);
}

function lose(code) {
  isOver = TOO_MANY.includes(code);
  failures += 1;
  if (!isOver) retry = setTimeout(connect, (0.5 + Math.random()) * Math.min(2 ** failures, 60) * 500);
  dispatch({ kind: isOver ? "closed" : "away" });
}

function giveUp() {
  const tested = socket;
  socket = null;
  tested?.close();
  lose();
}

/**
 * Reconnects at a moment when that is likely to work. After sleep a computer may hold a dead socket without noticing, so the
 * socket is tested and given up if it stays silent.
 */
export function wake() {
  if (document.hidden || !listeners.size || isOver) return;
  if (socket?.readyState !== WebSocket.OPEN) {
    if (socket?.readyState !== WebSocket.CONNECTING) connect();
  } else if (Date.now() - receivedAt > QUIET) {
    const [requestedAt, tested] = [Date.now(), socket];
    renewAll();
    setTimeout(() => tested === socket && receivedAt < requestedAt && giveUp(), PATIENCE);
  }
}

function watchForSleep() {
  let lookedAt = Date.now();
  setInterval(() => {
    if (Date.now() - lookedAt > QUIET) wake();
    lookedAt = Date.now();
  }, LOOK_EVERY);
  addEventListener("offline", giveUp);
  addEventListener("online", wake);
  addEventListener("pageshow", (event) => event.persisted && wake());
  document.addEventListener("visibilitychange", wake);
}

/**
 * Calls listener(message) for every message, with {kind: "away"} when the connection is lost and {kind: "closed"} when it will
 * not come back. "joined" follows when it is back. With since(), which returns the version shown, the missed changes follow too.
 * Returns a function that stops listening.
 */
export function listen(stream, listener, since) {
  const isNew = !listeners.has(stream);
  if (since) versions.set(stream, since);
  if (isNew) listeners.set(stream, new Set());
  listeners.get(stream).add(listener);
  if (!socket && !failures) {
    watchForSleep();
    connect();
  } else if (isOver) queueMicrotask(() => listener({ kind: "closed" }));
  else if (isNew || since) renew(stream); // others may have joined the stream before, without a version
  return () => {
    const others = listeners.get(stream);
    others?.delete(listener);
    if (others?.size === 0 && listeners.delete(stream)) send({ leave: stream });
  };
}
