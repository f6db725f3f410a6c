// Shows how many people read this topic and who is writing a reply. Leaves out members who hide it, and those whom the reader
// ignores.
import { listen, send } from "../lib/live.js";

const SEND_EVERY = 5000;
const FORGET_AFTER = 8000;

export function start(line) {
  const stream = `topic:${line.dataset.topic}`;
  const writers = new Map(); // name -> timer
  let readers = 0;
  let sentAt = 0;

  function draw() {
    const [one, other, third] = writers.keys();
    const who = third ? `${writers.size} are` : other ? `${one} and ${other} are` : `${one} is`;
    const parts = [readers > 1 && `${readers.toLocaleString("en")} reading`, one && `${who} writing …`];
    line.textContent = parts.filter(Boolean).join(", ");
  }

  function forget(name) {
    clearTimeout(writers.get(name));
    writers.delete(name);
    draw();
  }

  listen(stream, (message) => {
    if (message.kind === "away" || message.kind === "paused") {
      readers = 0;
      [...writers.keys(), ""].forEach(forget);
    }
    if (message.topic !== Number(line.dataset.topic)) return;
    if (message.kind === "readers_counted") readers = message.readers;
    if (message.kind === "reply_begun" && message.by !== line.dataset.self && !document.querySelector(`[data-ignored~="${message.member}"]`)) {
      clearTimeout(writers.get(message.by));
      writers.set(message.by, setTimeout(forget, FORGET_AFTER, message.by));
    }
    draw();
  });

  document.addEventListener("input", (event) => {
    const parent = event.isTrusted && event.target.closest("form.composer")?.elements.parent;
    if (!parent || Date.now() - sentAt < SEND_EVERY) return;
    sentAt = Date.now();
    send({ writing: stream, parent: Number(parent.value) });
  });
}
