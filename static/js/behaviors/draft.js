// Saves what is being written: on the server, and in this browser until the server has it.
// A draft belongs to its form by the form's token, so two tabs that answer the same comment have two drafts.
import { post } from "../lib/post.js";
import { ignoreFailedRequest, Refused } from "../lib/request.js";
import { read, write } from "../lib/storage.js";

const PAUSE = 1500;
const PATIENCE = 300; // a page that is left needs a moment to release its drafts

/** Returns the texts that this browser keeps under keys with this beginning, as pairs of key and text. */
function copies(beginning) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(beginning));
    return keys.map((key) => [key, read(key)]);
  } catch {
    return []; // storage is switched off
  }
}

const reserved = new Set();

/** Reserves a draft for this tab until its page is left. False if another tab has it. A site without HTTPS has no locks. */
function reserve(key) {
  if (reserved.has(key) || !navigator.locks) return true;
  return new Promise((resolve) => {
    const held = new Promise((release) => {
      const leave = () => {
        reserved.delete(key);
        release();
      };
      addEventListener("pagehide", leave, { once: true });
    });
    const hold = () => {
      reserved.add(key);
      resolve(true);
      return held;
    };
    navigator.locks.request(key, { signal: AbortSignal.timeout(PATIENCE) }, hold).catch(() => resolve(false));
  });
}

/** Sends the draft. Returns false if the server did not keep it because its text has been sent already. */
async function send(form, changes = {}) {
  const body = new FormData(form);
  for (const [name, value] of Object.entries(changes)) body.set(name, value);
  const answer = await post(form.dataset.draftUrl, body, "application/json");
  if (!answer.ok) throw new Refused(answer.status);
  return (await answer.json()).kept;
}

export function start(form) {
  const { body: area, title, token } = form.elements;
  const { draftUrl: address, member } = form.dataset;
  const state = form.querySelector(".draft-state") ?? document.createElement("span");
  const place = `${form.getAttribute("action") || location.pathname} ${form.elements.parent?.value}`;
  const own = Math.random(); // an edit has no token
  const keyNow = () => `draft ${member} ${token?.value ?? own}`;
  let key = keyNow();
  let waiting;
  let changed = false;
  let isSent = false;

  /** Begins another draft in this form. False without HTTPS. */
  function renew() {
    if (isSecureContext) token.value = crypto.randomUUID();
    return isSecureContext;
  }

  async function save() {
    changed = false;
    const saved = keyNow();
    try {
      const isKept = await send(form);
      if (changed) return; // typed more meanwhile: another save follows
      const isForeign = !isKept && area.value.trim() && saved === keyNow() && !isSent && !form.ariaBusy;
      if (isForeign && renew()) return note(); // a copy of this page has sent its text
      write(saved, null);
      state.textContent = isKept ? "Draft saved" : "";
    } catch (error) {
      ignoreFailedRequest(error);
      changed = true;
      state.textContent = "Draft kept in this browser only";
    }
  }

  function note() {
    changed = true;
    isSent = false;
    if (key !== keyNow()) write(key, null); // the text that was written before has been sent
    key = keyNow();
    reserve(key);
    write(key, { place, text: area.value, title: title?.value, base: area.defaultValue });
    clearTimeout(waiting);
    if (address) waiting = setTimeout(save, PAUSE);
    else state.textContent = "Draft kept in this browser";
  }

  function adopt(kept, found) {
    if (token) token.value = found.split(" ").at(-1);
    area.value = kept.text;
    if (title && kept.title) title.value = kept.title;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    if (!token) write(found, null); // it is kept under this form's own key now
    state.textContent = "Restored from this browser";
  }

  /** Restores texts that the server did not confirm, unless they have been sent or another tab is writing them. */
  async function rewrite() {
    const before = area.value;
    for (const [found, kept] of copies(`draft ${member} `)) {
      if (kept?.place !== place || !(await reserve(found))) continue;
      const isOwn = found === keyNow() || !token;
      if (isOwn && kept.text === before) write(found, null); // it was saved when the page was left
      if (isOwn && kept.base !== area.defaultValue && before) continue;
      const said = { body: kept.text, title: kept.title ?? "", token: found.split(" ").at(-1) };
      const isKept = address && (await send(form, said).catch(ignoreFailedRequest));
      if (area.value === before && kept.text !== before && isKept !== false && (isOwn || !before)) return adopt(kept, found);
      if (isKept !== undefined) write(found, null); // the server has it, as a draft or as a comment
    }
  }

  /** A second tab with the same draft begins another one, unless it shows a text that was refused. */
  async function begin() {
    if (token && !(await reserve(key))) {
      renew();
      key = keyNow();
      if (!form.querySelector(".errors, .error") && area.value === area.defaultValue) {
        area.value = area.defaultValue = "";
        if (title) title.value = "";
        state.textContent = "Your last draft is open in another tab";
      }
    }
    await rewrite();
  }

  form.addEventListener("input", note);
  const settle = () => {
    clearTimeout(waiting);
    changed = false;
  };
  form.addEventListener("submit", () => {
    isSent = true;
    settle();
  });
  form.addEventListener("posted", () => {
    settle();
    write(key, null);
    state.textContent = "";
  });
  const leave = () => {
    if (!changed || !address || !form.isConnected) return;
    clearTimeout(waiting);
    changed = !navigator.sendBeacon(address, new FormData(form));
  };
  addEventListener("pagehide", leave);
  addEventListener("pageshow", async (event) => {
    isSent = false;
    if (event.persisted && token && !(await reserve(keyNow()))) renew();
  });
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  begin();
}
