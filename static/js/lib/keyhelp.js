// Shows the list of keys. It is made the first time someone opens it.
import { make } from "./make.js";
import { open } from "./shortcuts.js";

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

export function explain() {
  open(document.getElementById("keys") ?? build());
}
