// Shows similar topics while a title is typed, so that nobody opens the same topic twice.
import { make } from "../lib/make.js";
import { ignoreFailedRequest, request } from "../lib/request.js";

const PATIENCE = 400; // milliseconds without a key
const SHORTEST = 4; // characters

export function start(form) {
  const title = form.elements.title;
  const list = make("div", "similar");
  list.role = "status";
  title.closest(".two").after(list);
  let waiting;

  async function offer() {
    const asked = title.value.trim();
    const address = `${form.dataset.similarUrl}?${new URLSearchParams({ title: asked })}`;
    const answer = asked.length < SHORTEST ? null : await request(address);
    if (title.value.trim() === asked) list.innerHTML = answer?.ok ? await answer.text() : "";
  }

  function wait() {
    clearTimeout(waiting);
    waiting = setTimeout(() => offer().catch(ignoreFailedRequest), PATIENCE);
  }

  title.addEventListener("input", wait);
  if (title.value) wait(); // typed before this script was there, or restored
}
