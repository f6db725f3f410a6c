// Keeps the version of a topic that its page shows, and requests missing changes. A lost, late or doubled message does no harm.
import { renew, wake } from "./live.js";
import { ignoreFailedRequest, Refused, request } from "./request.js";

const AWAY = 15; // seconds between requests without a socket
const IDLE = 40; // seconds until a request for changes of which only the number came
const BACK = 1;
const AGAIN = 4;
const PATIENCE = 60_000; // milliseconds for one request, which could otherwise wait for a dead connection
const OVER = [400, 403, 404];

/**
 * Returns {receive, ask, since}: call receive(message) with every message; since() returns the version shown. It calls
 * take(message, before) with all changes, and stop(status) when the reader may no longer see the topic.
 */
export function follow(section, take, stop) {
  const topic = Number(section.dataset.topic);
  const stream = `topic:${topic}`;
  let version = Number(section.dataset.version);
  let [wanted, every, isOwed] = [version, 0, false];
  let [isAway, isOver, asking, timer, due] = [false, false, null, 0, Infinity];
  let begun = null; // the parts received so far, if a request for the next one failed

  /** Requests all parts of an answer and joins them. The last state of a comment counts. */
  async function whole() {
    begun ??= { since: version, more: "", found: new Map() };
    const { since, found } = begun;
    let answer;
    do {
      const response = await request(`/t/${topic}/changes/?since=${since}${begun.more && `&after=${begun.more}`}`, {
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (OVER.includes(response.status)) end(response.status);
      if (!response.ok) throw new Refused(response.status);
      answer = { more: "", ...(await response.json()) };
      for (const comment of answer.comments) found.set(comment.id, comment);
      begun.more = answer.more;
    } while (answer.more);
    begun = null;
    return { ...answer, comments: [...found.values()] };
  }

  function end(status) {
    isOver = true;
    clearTimeout(timer);
    stop(status);
  }

  function apply(message) {
    const before = version;
    if (message.version <= before) return;
    version = message.version;
    take(message, before);
  }

  /** Requests the missing changes, and tries later if that fails. Calls at the same time share one request. */
  function ask() {
    isOwed = false;
    asking ??= whole()
      .then(
        (answer) => {
          if (isAway) wake(); // the socket server may be back too
          apply(answer);
        },
        (error) => {
          ignoreFailedRequest(error);
          soon(isAway ? AWAY : AGAIN);
        },
      )
      .finally(() => {
        asking = null;
        if (wanted > version) soon(BACK); // an answer that visitors share may be a second old
      });
    return asking;
  }

  /** Plans a request in about so many seconds, at a random moment, unless an earlier one is planned. */
  function soon(seconds) {
    const at = Date.now() + seconds * 1000 * (0.5 + Math.random());
    if (at > due || isOver) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(turn, at - Date.now());
  }

  async function turn() {
    due = Infinity;
    if (document.hidden) isOwed = true;
    else if (isOwed || isAway || every || wanted > version) await ask();
    if (every || isAway) soon(every || AWAY);
  }

  const kinds = {
    away: () => lose(),
    closed: () => lose(),
    paused: () => lose(),
    resumed: () => find(Infinity),
    joined: (message) => message.stream === stream && find(message.version),
    refused: (message) => message.stream === stream && ask().then(lose),
    ended: (message) => message.stream === stream && ask().then(() => isOver || renew(stream)),
    topic_changed(message) {
      every = 0;
      wanted = Math.max(wanted, message.version);
      if (message.version <= version) return;
      if (message.since > version || message.more) ask();
      else apply(message);
    },
    topic_counted(message) {
      every = 0;
      wanted = Math.max(wanted, message.version);
      if (wanted > version) soon(IDLE);
    },
    topic_crowded(message) {
      every = message.every;
      soon(every);
    },
  };

  function lose() {
    isAway = true;
    soon(AWAY);
  }

  /** Plans a request after joining. Usually the missing changes come by themselves before it. */
  function find(latest) {
    isAway = false;
    if (latest === Infinity) isOwed = true;
    else wanted = Math.max(wanted, latest);
    if (isOwed || wanted > version) soon(BACK);
  }

  document.addEventListener("visibilitychange", () => !document.hidden && (isOwed || isAway || every) && !isOver && ask());
  return { ask, since: () => version, receive: (message) => (message.topic ?? topic) === topic && kinds[message.kind]?.(message) };
}
