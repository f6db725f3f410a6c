// What stays at the foot of the page for as long as it holds: a bar to press, a sentence. Its first words are spoken.
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

/** The bar says what has come, and a press shows it. Without a text there is none. */
export function bar(text, press) {
  const button = put("live-bar", "button", text);
  if (button) Object.assign(button, { type: "button", onclick: press });
}

export const sentence = (text) => put("live-state", "p", text);

/** Shows a sentence for some seconds, spoken too. */
export function say(text, kind = "info") {
  const notice = make("p", `notice ${kind}`, text);
  document.querySelector(".notices").append(notice);
  setTimeout(() => notice.remove(), 6000);
}
