// Which version of a topic its page shows, and asking for what it lacks. A message that is lost, late or doubled does no harm.
import { renew, wake } from "./live.js";

const AWAY = 15; // seconds between two questions without a socket
const IDLE = 40; // until one for what is only counted
const BACK = 1;
const AGAIN = 4;
const OVER = [400, 403, 404];

/**
 * Gives {hear, ask, since}: what the socket tells goes to hear, since() is the version shown. take(message, before) gets all that
 * is different; stop(status) is called when there is nothing to ask for any more, because the topic is no longer the reader's to
 * see.
 */
export function follow(section, take, stop) {
  const topic = Number(section.dataset.topic);
  const stream = `topic:${topic}`;
  let version = Number(section.dataset.version);
  let [wanted, every, isOwed] = [version, 0, false];
  let [isAway, isOver, asking, timer, due] = [false, false, null, 0, Infinity];

  /** All answers to one question, as one; of a comment the last one counts. */
  async function whole() {
    const [since, found] = [version, new Map()];
    let answer = { more: "" };
    do {
      const response = await fetch(`/t/${topic}/changes/?since=${since}${answer.more && `&after=${answer.more}`}`, { headers: { Accept: "application/json" } });
      if (OVER.includes(response.status)) end(response.status);
      if (!response.ok) throw new Error(response.status);
      answer = { more: "", ...(await response.json()) };
      for (const comment of answer.comments) found.set(comment.id, comment);
    } while (answer.more);
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

  /** What cannot be asked now is asked later; several who want to ask get one answer. */
  function ask() {
    isOwed = false;
    asking ??= whole()
      .then(
        (answer) => {
          if (isAway) wake(); // who answers here may listen there, too
          apply(answer);
        },
        () => soon(isAway ? AWAY : AGAIN),
      )
      .finally(() => {
        asking = null;
        if (wanted > version) soon(BACK); // a page shared among visitors may be a second old
      });
    return asking;
  }

  /** Asks in about so many seconds, at a moment of this page's own; an earlier one that is due already stands. */
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

  /** What is missing comes by itself; what does not is asked for. */
  function find(told) {
    isAway = false;
    if (told === Infinity) isOwed = true;
    else wanted = Math.max(wanted, told);
    if (isOwed || wanted > version) soon(BACK);
  }

  document.addEventListener("visibilitychange", () => !document.hidden && (isOwed || isAway || every) && !isOver && ask());
  return { ask, since: () => version, hear: (message) => (message.topic ?? topic) === topic && kinds[message.kind]?.(message) };
}
