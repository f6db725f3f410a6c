// The list of keys, made the first time someone asks for it.
const MEANINGS = [
  ["j k", "next, previous"],
  ["n p", "next, previous new one"],
  ["o", "open the topic"],
  ["r", "reply"],
  ["u", "vote up"],
  ["c", "collapse or open"],
  ["/", "search"],
  ["?", "this list"],
];

function build() {
  const dialog = document.createElement("dialog");
  dialog.id = "keys";
  dialog.setAttribute("aria-label", "Keys");
  const list = document.createElement("dl");
  for (const [keys, meaning] of MEANINGS) {
    const term = document.createElement("dt");
    for (const key of keys.split(" ")) term.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
    list.append(term, Object.assign(document.createElement("dd"), { textContent: meaning }));
  }
  const form = Object.assign(document.createElement("form"), { method: "dialog" });
  form.append(Object.assign(document.createElement("button"), { className: "button small", textContent: "Close" }));
  dialog.append(Object.assign(document.createElement("h2"), { textContent: "Keys for reading" }), list, form);
  document.body.append(dialog);
  return dialog;
}

export function explain() {
  (document.getElementById("keys") ?? build()).showModal();
}
