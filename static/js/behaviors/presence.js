// Shows how many people read this topic and who is writing a reply. Leaves out members who hide it, and those whom the reader
// ignores.
import { listen, send } from "../lib/live.js";

const SEND_EVERY = 5000;
const FORGET_AFTER = 8000;

export function start(line) {
  const stream = `topic:${line.dataset.topic}`;
  const writers = new Map(); // member -> {name, timer}
  let readers = 0;
  let sentAt = 0;

  function draw() {
    const [one, other, third] = [...writers.values()].map(({ name }) => name);
    const who = third ? `${writers.size} are` : other ? `${one} and ${other} are` : `${one} is`;
    const parts = [readers > 1 && `${readers.toLocaleString("en")} reading`, one && `${who} writing …`];
    line.textContent = parts.filter(Boolean).join(", ");
  }

  function forget(member) {
    clearTimeout(writers.get(member)?.timer);
    writers.delete(member);
    draw();
  }

  listen(stream, (message) => {
    if (message.kind === "away" || message.kind === "paused") {
      readers = 0;
      [...writers.keys(), 0].forEach(forget);
    }
    if (message.topic !== Number(line.dataset.topic)) return;
    if (message.kind === "readers_counted") readers = message.readers;
    if (message.kind === "reply_begun" && message.by !== line.dataset.self && !document.querySelector(`[data-ignored~="${message.member}"]`)) {
      clearTimeout(writers.get(message.member)?.timer);
      writers.set(message.member, { name: message.by, timer: setTimeout(forget, FORGET_AFTER, message.member) });
    }
    draw();
  });

  // Sent by topic.js. A member whose reply has arrived writes no more.
  line.closest(".discussion").addEventListener("replied", ({ detail }) => detail.forEach(forget));
  document.addEventListener("input", (event) => {
    const parent = event.isTrusted && event.target.closest("form.composer")?.elements.parent;
    if (!parent || Date.now() - sentAt < SEND_EVERY) return;
    sentAt = Date.now();
    send({ writing: stream, parent: Number(parent.value) });
  });
}
