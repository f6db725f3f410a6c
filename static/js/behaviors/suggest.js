// Suggests titles and filters while a query is typed, or tags in their own field.
import { make } from "../lib/make.js";
import { ignoreFailedRequest, request } from "../lib/request.js";

const PATIENCE = 250; // milliseconds without a key
let lists = 0;

export function start(place) {
  const field = place.elements?.q ?? place;
  const list = Object.assign(make("datalist", ""), { id: `suggestions-${++lists}` });
  field.after(list);
  field.setAttribute("list", list.id);
  let waiting;

  async function offer() {
    const asked = field.value.trim();
    const answer = asked ? await request(`/search/suggest/?${new URLSearchParams({ [field.name]: asked })}`) : null;
    const { suggestions } = answer?.ok ? await answer.json() : { suggestions: [] };
    if (field.value.trim() !== asked) return; // typed more meanwhile
    list.replaceChildren(...suggestions.map((value) => Object.assign(make("option"), { value })));
  }

  function wait() {
    clearTimeout(waiting);
    waiting = setTimeout(() => offer().catch(ignoreFailedRequest), PATIENCE);
  }

  field.addEventListener("input", wait);
  if (field.value) wait(); // typed before this script was there
}
