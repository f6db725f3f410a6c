// Whether keys without a modifier act, in this browser. They can be pressed by mistake, for example by voice control.
const KEY = "shortcuts";

export function areOn() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true; // storage is switched off
  }
}

export function turn(isOn) {
  try {
    localStorage.setItem(KEY, isOn ? "on" : "off");
  } catch {
    // Storage is switched off.
  }
}
