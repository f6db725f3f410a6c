// Saves what is being written: on the server, and in this browser until the server has it.
import { post } from "../lib/post.js";
import { ignoreFailedRequest, Refused } from "../lib/request.js";

const PAUSE = 1500;

const stored = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // storage is switched off, or another script wrote there
  }
};
const store = (key, value) => {
  try {
    if (value) localStorage.setItem(key, JSON.stringify(value));
    else localStorage.removeItem(key);
  } catch {
    // Storage is full or switched off. Only the server has a copy then.
  }
};

/** Sends the draft. Returns false if the server did not keep it because the token's comment is posted already. */
async function send(form, changes = {}) {
  const body = new FormData(form);
  for (const [name, value] of Object.entries(changes)) body.set(name, value);
  const answer = await post(form.dataset.draftUrl, body, "application/json");
  if (!answer.ok) throw new Refused(answer.status);
  return (await answer.json()).kept;
}

export function start(form) {
  const area = form.elements.body;
  const { draftUrl: address, member } = form.dataset;
  const state = form.querySelector(".draft-state") ?? document.createElement("span");
  const key = ["draft", member, form.getAttribute("action") || location.pathname, form.elements.parent?.value].join(" ");
  let waiting;
  let changed = false;

  async function save() {
    changed = false;
    try {
      const isKept = await send(form);
      if (changed) return; // typed more meanwhile: another save follows
      store(key, null);
      state.textContent = isKept ? "Draft saved" : "";
    } catch (error) {
      ignoreFailedRequest(error);
      changed = true;
      state.textContent = "Draft kept in this browser only";
    }
  }

  function note() {
    changed = true;
    store(key, { text: area.value, base: area.defaultValue, token: form.elements.token?.value });
    clearTimeout(waiting);
    if (address) waiting = setTimeout(save, PAUSE);
    else state.textContent = "Draft kept in this browser";
  }

  /** Restores a text that the server did not confirm, unless it turns out to be posted there. */
  async function restore({ text, token }) {
    const before = area.value;
    const isPosted = address && (await send(form, { body: text, token }).catch(ignoreFailedRequest)) === false;
    if (isPosted) return store(key, null);
    if (area.value !== before) return;
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    state.textContent = "Restored from this browser";
  }

  const kept = stored(key);
  if (kept?.text && kept.text !== area.value && (kept.base === area.defaultValue || !area.value)) restore(kept);

  form.addEventListener("input", note);
  const settle = () => {
    clearTimeout(waiting);
    changed = false;
  };
  form.addEventListener("submit", settle);
  form.addEventListener("posted", () => {
    settle();
    store(key, null);
    state.textContent = "";
  });
  const leave = () => {
    if (!changed || !address || !form.isConnected) return;
    clearTimeout(waiting);
    changed = !navigator.sendBeacon(address, new FormData(form));
  };
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.hidden && leave());
}
