// Shows a bar to press and sentences at the foot of the page. A screen reader speaks the first words of each.
import { make } from "./make.js";

const places = new Map();

function put(name, tag, text) {
  if (!text) {
    for (const each of places.get(name) ?? []) each.remove();
    places.delete(name);
    return null;
  }
  if (!places.has(name)) {
    const made = make(tag, name);
    made.ariaLive = "off";
    places.set(name, [made, make("p", "spoken", text)]);
    document.querySelector(".notices").append(...places.get(name));
  }
  const [found] = places.get(name);
  if (found.textContent !== text) found.textContent = text;
  return found;
}

/** Shows the bar with this text, or removes it without a text. A press calls `press`. */
export function bar(text, press) {
  const button = put("live-bar", "button", text);
  if (button) Object.assign(button, { type: "button", onclick: press });
}

export const sentence = (text) => put("live-state", "p", text);

/** Shows a sentence for six seconds. A screen reader speaks it. */
export function say(text, kind = "info") {
  const notice = make("p", `notice ${kind}`, text);
  document.querySelector(".notices").append(notice);
  setTimeout(() => notice.remove(), 6000);
}
