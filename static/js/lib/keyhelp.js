// Shows the list of keys. It is made the first time someone opens it.
import { make } from "./make.js";
import { areOn, turn } from "./shortcuts.js";

const MEANINGS = [
  ["j k", "next, previous"],
  ["n p", "next, previous new comment"],
  ["s", "show new comments"],
  ["o", "open the topic"],
  ["r", "reply"],
  ["u", "vote up"],
  ["c", "collapse or open"],
  ["/", "search"],
  ["?", "this list"],
];

function build() {
  const dialog = make("dialog", "");
  dialog.id = "keys";
  dialog.ariaLabel = "Keys";
  const list = make("dl", "");
  for (const [keys, meaning] of MEANINGS) {
    const drawn = keys.split(" ").flatMap((key) => [make("kbd", "", key), " "]);
    list.append(make("dt", "", ...drawn), make("dd", "", meaning));
  }
  const form = make("form", "", make("button", "button small", "Close"));
  form.method = "dialog";
  dialog.append(make("h2", "", "Keys for reading"), list, form);
  document.body.append(dialog);
  return dialog;
}

/** Adds the switch that WCAG 2.1.4 demands. */
function addSwitch(dialog) {
  const box = make("input", "");
  box.type = "checkbox";
  box.name = "shortcuts";
  box.checked = areOn();
  box.addEventListener("change", () => turn(box.checked));
  dialog.querySelector("form").before(make("label", "", box, " Use these keys in this browser"));
}

/** Opens the page's own list of keys, or the one for reading. */
export function explain(own) {
  const dialog = own ?? document.getElementById("keys") ?? build();
  if (!dialog.querySelector("[name=shortcuts]")) addSwitch(dialog);
  dialog.showModal();
}
