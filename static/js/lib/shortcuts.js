// Whether keys without a modifier act, in this browser. Voice control and trembling hands can press them by mistake
// (WCAG 2.1.4), so the list of keys has a switch.
import { make } from "./make.js";

const KEY = "shortcuts";

export function areOn() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true; // storage is switched off
  }
}

function turn(isOn) {
  try {
    if (isOn) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "off");
  } catch {
    // Storage is switched off.
  }
}

/** Opens a list of keys. Adds the switch when it opens for the first time. */
export function open(dialog) {
  if (!dialog.querySelector("[name=shortcuts]")) {
    const box = make("input", "");
    box.type = "checkbox";
    box.name = "shortcuts";
    box.checked = areOn();
    box.addEventListener("change", () => turn(box.checked));
    dialog.querySelector("form").before(make("label", "tick", box, " Use these keys in this browser"));
  }
  dialog.showModal();
}
