// The tab's one socket. Whoever wants to hear a stream says so here; the socket comes back by itself, with jitter, so that
// a thousand readers do not all return in the same second.
const TOO_MANY = [4009, 4010];
const QUIET = 60_000;
const PATIENCE = 5_000;
const LOOK_EVERY = 20_000;
/** What is told when nothing else is. */
export const UNHEARD = ["away", "paused", "closed"];
const hearers = new Map(); // stream -> set of functions
const versions = new Map(); // stream -> function that says which version its page shows
let socket = null;
let isOver = false;
let failures = 0;
let heardAt = 0;
let coming; // the next attempt
/** How many read this page's topic, as was last told. */
export let readers = 0;

/** The page says ":8001" for that port of its own host, "" for its own origin, and otherwise a whole address. */
function address() {
  const given = document.documentElement.dataset.live;
  if (given && !given.startsWith(":")) return `${given.replace(/\/$/, "")}/ws/`;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${given ? location.hostname + given : location.host}/ws/`;
}

function tellAll(message) {
  if (message.kind === "readers_counted") readers = message.readers;
  for (const functions of [...hearers.values()]) for (const hear of functions) hear(message);
}

/** Says something to the server, if there is a connection just now. */
export function tell(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

/** Asks the server to look anew at what this viewer may hear, for instance after voting. */
export const renew = (stream) => tell({ join: stream, since: versions.get(stream)?.() });

/**
 * For what nobody tells while there is no connection, or the server hears nothing itself: ask() is called about once in so many
 * milliseconds then, at moments of this page's own and in no hidden tab. Returns a function that has to hear every message.
 */
export function meanwhile(ask, every) {
  let timer;
  return ({ kind }) => {
    if (UNHEARD.includes(kind)) timer ??= setInterval(() => document.hidden || ask().catch(() => {}), every * (0.5 + Math.random()));
    else if (kind === "joined" || kind === "resumed") timer = clearInterval(timer);
  };
}

const renewAll = () => [...hearers.keys()].forEach(renew);

function connect() {
  clearTimeout(coming);
  const made = new WebSocket(address());
  socket = made;
  made.onopen = renewAll;
  made.onmessage = (event) => {
    failures = 0;
    heardAt = Date.now();
    for (const message of JSON.parse(event.data)) tellAll(message);
  };
  made.onclose = ({ code }) => made === socket && lose(code);
}

function lose(code) {
  isOver = TOO_MANY.includes(code);
  failures += 1;
  if (!isOver) coming = setTimeout(connect, (0.5 + Math.random()) * Math.min(2 ** failures, 60) * 500);
  tellAll({ kind: isOver ? "closed" : "away" });
}

function giveUp() {
  const doubted = socket;
  socket = null;
  doubted?.close();
  lose();
}

/**
 * For when there is reason to hope. A computer that has slept may hold a dead socket without knowing: it is asked, and given up
 * if it stays silent.
 */
export function wake() {
  if (document.hidden || !hearers.size || isOver) return;
  if (socket?.readyState !== WebSocket.OPEN) {
    if (socket?.readyState !== WebSocket.CONNECTING) connect();
  } else if (Date.now() - heardAt > QUIET) {
    const [asked, doubted] = [Date.now(), socket];
    renewAll();
    setTimeout(() => doubted === socket && heardAt < asked && giveUp(), PATIENCE);
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
 * Calls hear(message) for everything that is told, {kind: "away"} when the connection is lost, and {kind: "closed"} when it
 * will not come back. "joined" follows when it is back; what has been missed `since` then is told, too, where it says a version.
 * Returns a function that ends it.
 */
export function listen(stream, hear, since) {
  const isNew = !hearers.has(stream);
  if (since) versions.set(stream, since);
  if (isNew) hearers.set(stream, new Set());
  hearers.get(stream).add(hear);
  if (!socket && !failures) {
    watchForSleep();
    connect();
  } else if (isOver) queueMicrotask(() => hear({ kind: "closed" }));
  else if (isNew || since) renew(stream); // others may have joined it before, without saying a version
  return () => {
    const others = hearers.get(stream);
    others?.delete(hear);
    if (others?.size === 0 && hearers.delete(stream)) tell({ leave: stream });
  };
}
