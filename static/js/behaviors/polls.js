// Keeps the list of polls up to date while polls open and close.
import { pageAnew } from "../lib/fetched.js";
import { listen } from "../lib/live.js";

export function start(list) {
  const stop = listen("topics", async ({ kind }) => {
    if (kind !== "polls_changed" && kind !== "resumed") return;
    stop();
    const fresh = (await pageAnew())?.querySelector("[data-behavior='polls']");
    if (fresh) list.replaceWith(document.adoptNode(fresh));
    else start(list);
  });
}
