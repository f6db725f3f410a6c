// Uploads pictures that are chosen, pasted or dropped, and asks for their descriptions. Fetched on first use.
import { insert } from "./insert.js";
import { make, makeButton } from "./make.js";

/** Sends a file and shows how far it is in `row`. Resolves to the answer; rejects with a sentence, or with none if the
 * member cancels. fetch() has no progress. */
function send(form, address, file, row) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("picture", file);
  const progress = make("progress", "");
  const cancel = makeButton("button quiet small", "Cancel");
  row.append(progress, " ", cancel);
  return new Promise((resolve, reject) => {
    const sending = Object.assign(new XMLHttpRequest(), { responseType: "json" });
    sending.upload.onprogress = ({ loaded, total }) => (progress.value = loaded / total);
    sending.onloadend = () => (sending.response?.address ? resolve(sending.response) : reject(sending.response?.problem ?? "Please try again."));
    cancel.onclick = () => {
      reject(); // before the end of sending does it
      sending.abort();
    };
    sending.open("POST", address);
    sending.send(body);
  });
}

/** Writes the description into the text, unless the picture has been removed from it. */
function describe(area, address, words) {
  const end = area.value.indexOf(`](${address})`);
  const begin = area.value.lastIndexOf("![", end);
  if (end < 0 || begin < 0) return;
  area.setRangeText(words.replaceAll(/[[\]\\]/g, "\\$&"), begin + 2, end, "preserve");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

async function add(form, box, file, words, isFirst) {
  const area = form.elements.body;
  const row = make("p", "", `${file.name} `);
  row.role = "status";
  box.append(row);
  try {
    const { address, problem } = await send(form, box.dataset.url, file, row);
    const active = document.activeElement;
    insert(area, `![](${address})\n`);
    const input = Object.assign(make("input", ""), { value: words, dir: "auto", maxLength: 500 });
    input.addEventListener("input", () => describe(area, address, input.value));
    row.replaceChildren(make("label", "", `Describe ${file.name} for people who cannot see it: `, input), make("span", "", problem));
    describe(area, address, words);
    (isFirst ? input : active).focus(); // somebody may be describing the first one
  } catch (problem) {
    if (!problem) return row.remove();
    row.className = "errors";
    row.textContent = `${file.name} was not uploaded. ${problem}`;
  }
}

/** Uploads the files one after the other, and puts each into the text where the caret is. */
export async function upload(form, files) {
  const box = form.querySelector(".picture-field");
  const { picture, alt } = form.elements;
  const words = alt.value;
  box.open = true;
  picture.value = alt.value = "";
  alt.parentElement.hidden = true;
  form.addEventListener("posted", () => box.querySelectorAll("p").forEach((row) => row.remove()), { once: true });
  picture.setCustomValidity("Wait for your pictures, or cancel them.");
  for (const file of files) await add(form, box, file, words, file === files[0]);
  if (!box.querySelector("progress")) picture.setCustomValidity("");
}
