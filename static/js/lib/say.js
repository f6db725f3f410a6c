import { make } from "./make.js";

/** Shows a sentence at the foot of the page, spoken too, for some seconds. */
export function say(text, kind = "info") {
  const notice = make("p", `notice ${kind}`, text);
  document.querySelector(".notices").append(notice);
  setTimeout(() => notice.remove(), 6000);
}
