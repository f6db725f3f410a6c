// Uploads pictures that are chosen, pasted or dropped, and asks for their descriptions. Fetched on first use.
import { insert } from "./insert.js";
import { make } from "./make.js";

const FAILED = "The picture was not uploaded. Please try again.";

/** Sends a file and shows how far it is. Resolves to the answer; rejects with a sentence. fetch() has no progress. */
function send(form, address, file, progress) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("picture", file);
  return new Promise((resolve, reject) => {
    const sending = Object.assign(new XMLHttpRequest(), { responseType: "json" });
    sending.upload.onprogress = ({ loaded, total }) => (progress.value = loaded / total);
    sending.onload = () => (sending.response?.address ? resolve(sending.response) : reject(sending.response?.problem ?? FAILED));
    sending.onerror = () => reject("No connection: the picture was not uploaded.");
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

async function add(form, box, file, words) {
  const area = form.elements.body;
  const progress = make("progress", "");
  const row = make("p", "", `${file.name} `, progress);
  row.role = "status";
  box.append(row);
  try {
    const { address, problem } = await send(form, box.dataset.url, file, progress);
    insert(area, `![](${address})\n`);
    const input = Object.assign(make("input", ""), { value: words, dir: "auto", maxLength: 500 });
    input.addEventListener("input", () => describe(area, address, input.value));
    row.replaceChildren(make("label", "", `Describe ${file.name} for people who cannot see it: `, input), make("span", "help", problem));
    describe(area, address, words);
    input.focus();
  } catch (problem) {
    row.className = "errors";
    row.textContent = problem;
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
  form.addEventListener("posted", () => box.querySelectorAll("p[role]").forEach((row) => row.remove()), { once: true });
  for (const file of files) await add(form, box, file, words);
}
