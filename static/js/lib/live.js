// The tab's one socket. Whoever wants to hear a stream says so here; the socket comes back by itself, with jitter, so that
// a thousand readers do not all return in the same second.
const hearers = new Map(); // stream -> set of functions
let socket = null;
let failures = 0;

/** The page says ":8001" for that port of its own host, "" for its own origin, and otherwise a whole address. */
function address() {
  const given = document.documentElement.dataset.live;
  if (given && !given.startsWith(":")) return `${given.replace(/\/$/, "")}/ws/`;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${given ? location.hostname + given : location.host}/ws/`;
}

function tellAll(message) {
  for (const functions of hearers.values()) for (const hear of functions) hear(message);
}

function join(stream) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ join: stream }));
}

function connect() {
  socket = new WebSocket(address());
  socket.addEventListener("open", () => {
    failures = 0;
    for (const stream of hearers.keys()) join(stream);
  });
  socket.addEventListener("message", (event) => {
    for (const message of JSON.parse(event.data)) tellAll(message);
  });
  socket.addEventListener("close", () => {
    failures += 1;
    tellAll({ kind: "away" });
    setTimeout(connect, (0.5 + Math.random()) * Math.min(2 ** failures, 60) * 500);
  });
}

/** Calls hear(message) for everything that is told, and {kind: "away"} when the connection is lost; "joined" follows when
    it is back, and is the moment to ask what was missed. Returns a function that ends it. */
export function listen(stream, hear) {
  const isNew = !hearers.has(stream);
  if (isNew) hearers.set(stream, new Set());
  hearers.get(stream).add(hear);
  if (!socket) connect();
  else if (isNew) join(stream);
  return () => hearers.get(stream)?.delete(hear);
}

/** Asks the server to look anew at what this viewer may hear, for instance after voting. */
export const renew = join;
