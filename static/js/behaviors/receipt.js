// Offers three ways to keep the receipt and the key of a secret ballot, which the server shows only once.
import { copy } from "../lib/clipboard.js";
import { say } from "../lib/foot.js";
import { forget, keep, kept } from "../lib/kept.js";
import { make, makeButton } from "../lib/make.js";

function save(text, name) {
  const link = make("a", "");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function start(box) {
  const { poll, question, address } = box.dataset;
  const ballot = Object.fromEntries([...box.querySelectorAll("[data-kept]")].map((code) => [code.dataset.kept, code.textContent]));
  const lines = [question, new URL(address, location.href).href, `Receipt: ${ballot.receipt}`, ballot.key && `Key: ${ballot.key}`];
  const text = `${lines.filter(Boolean).join("\n")}\n`;

  const inBrowser = makeButton("button quiet small", "Remember in this browser");
  const show = (isKept) => inBrowser.setAttribute("aria-pressed", isKept);
  // The ballot was changed, so what this browser remembers of it is out of date.
  show(kept(poll) !== null && keep(poll, ballot));
  inBrowser.addEventListener("click", () => {
    if (kept(poll)) {
      forget(poll);
      say("This browser has forgotten it.");
    } else if (keep(poll, ballot)) say("This browser remembers it, until you press the button again.");
    else say("This browser does not allow that. Copy it, or save it as a file.", "error");
    show(kept(poll) !== null);
  });

  const copying = makeButton("button quiet small", "Copy");
  copying.addEventListener("click", () => copy(text, "Copied."));
  const saving = makeButton("button quiet small", "Save as file");
  saving.addEventListener("click", () => save(text, `ballot-${poll}.txt`));
  box.append(make("div", "button-row", copying, saving, inBrowser));
  box.append(make("p", "help", "Remember it only in a browser that nobody else uses."));
}
