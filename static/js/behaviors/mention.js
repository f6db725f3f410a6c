// Offers names after an @. Members who take part in the topic come first.
import { insert } from "../lib/insert.js";
import { make } from "../lib/make.js";
import { ignoreFailedRequest, request } from "../lib/request.js";

const BEGUN = /(?:^|[^\p{L}\p{M}\p{N}_/@.-])@([\p{L}\p{M}\p{N}_.-]{1,30})$/u;
const PATIENCE = 120;
let lists = 0;

function option({ name, avatar }, id) {
  const image = Object.assign(make("img", "avatar small"), { src: avatar, alt: "", width: 24, height: 24 });
  const made = Object.assign(make("div", "", image, name), { role: "option", id });
  made.dataset.name = name;
  return made;
}

export function start(form) {
  const area = form.elements.body;
  const list = Object.assign(make("div", "completions"), { role: "listbox", id: `completions-${++lists}`, hidden: true });
  list.ariaLabel = "Members";
  form.querySelector(".frame").after(list);
  area.ariaAutoComplete = "list";
  area.setAttribute("aria-controls", list.id);
  let waiting;

  const begun = () => area.value.slice(0, area.selectionStart).match(BEGUN)?.[1];

  function mark(chosen) {
    for (const one of list.children) one.ariaSelected = one === chosen;
    area.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    area.removeAttribute("aria-activedescendant");
  }

  function choose(one) {
    insert(area, `${one.dataset.name} `, area.selectionStart - begun().length, area.selectionStart);
    close();
  }

  function giveUp(error) {
    close();
    ignoreFailedRequest(error);
  }

  async function offer() {
    const query = begun();
    if (!query) return close();
    const address = `${form.dataset.mentionUrl}?${new URLSearchParams({ q: query, topic: form.dataset.topic ?? "" })}`;
    const answer = await request(address, { headers: { Accept: "application/json" } });
    const { members } = answer.ok ? await answer.json() : { members: [] };
    if (begun() !== query || document.activeElement !== area) return; // typed more meanwhile
    list.replaceChildren(...members.map((member, place) => option(member, `${list.id}-${place}`)));
    list.hidden = !members.length;
    if (members.length) mark(list.firstChild);
    else close();
  }

  function wait() {
    clearTimeout(waiting);
    waiting = setTimeout(() => offer().catch(giveUp), PATIENCE);
  }

  if (document.activeElement === area) wait(); // typed before this script was there
  area.addEventListener("input", wait);
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const here = list.querySelector('[aria-selected="true"]');
    const acts = {
      ArrowDown: () => mark(here.nextSibling ?? list.firstChild),
      ArrowUp: () => mark(here.previousSibling ?? list.lastChild),
      Enter: () => choose(here),
      Tab: () => choose(here),
      Escape: close,
    };
    if (/^(ArrowLeft|ArrowRight|Home|End)$/.test(event.key) || !begun()) return close();
    if (!acts[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  });
  // Not "click": before it the text loses the focus, which closes the list under the pointer.
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const one = event.target.closest('[role="option"]');
    if (one) choose(one);
  });
}
