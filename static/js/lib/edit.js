// Edits a comment in its place with the form of the edit page. Fetched when somebody first edits.
import { page } from "./fetched.js";
import { say } from "./foot.js";
import { make } from "./make.js";
import { rewrite } from "./marks.js";
import { post } from "./post.js";
import { ignoreFailedRequest, NoConnection, Refused } from "./request.js";
import { attend, part } from "./rows.js";
import { still } from "./still.js";

const OFFLINE = "No connection: your change is not saved yet. Your text is kept here, so you can send it again.";
const BROKEN = "Something went wrong on this page. Reload it to see whether your change was saved.";
const opening = new WeakSet();

/** Shows the sentence above the form's fields. A screen reader speaks it. */
function tell(form, sentence) {
  part(form, ".notice")?.remove();
  const notice = make("div", "notice error", sentence);
  notice.role = "alert";
  form.prepend(notice);
  notice.scrollIntoView({ block: "nearest" });
}

function close(form, row) {
  still(() => {
    form.remove();
    part(row, ".prose").hidden = false;
  });
  attend(row, "nearest");
}

async function send(form, row) {
  const answer = await post(form.action, new FormData(form), "text/x-row, text/html");
  const other = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = other.getElementById(row.id);
  if (!answer.ok || !fresh) throw new Refused(other.querySelector(".notice.error, .errorlist, .empty > p")?.textContent.trim() || "Your change was not saved. Please try again.");
  const { title, tags } = form.elements;
  form.dispatchEvent(new Event("posted"));
  if ([title, tags].some((field) => field && field.value !== field.defaultValue)) return location.reload();
  rewrite(row, fresh);
  close(form, row);
  return say("Saved.");
}

async function submit(form, row) {
  const button = form.querySelector(".button-row .button");
  if (button.disabled) return; // Ctrl+Enter can be pressed twice
  button.disabled = true;
  try {
    await send(form, row);
  } catch (error) {
    ignoreFailedRequest(error);
    tell(form, error instanceof Refused ? error.message : error instanceof NoConnection ? OFFLINE : BROKEN);
    form.elements.body.focus({ preventScroll: true });
  }
  button.disabled = false;
}

/** Returns the form of the edit page. Its ids get the id of the row, because several forms can be open. */
async function load(link, row) {
  const form = document.adoptNode((await page(link.href)).querySelector("main form.composer"));
  form.setAttribute("action", link.pathname); // also the place of its draft
  for (const name of ["id", "for", "aria-describedby"])
    for (const one of form.querySelectorAll(`[${name}]`)) one.setAttribute(name, `${one.getAttribute(name)}-${row.id}`);
  form.querySelector(".button-row a").addEventListener("click", (event) => {
    event.preventDefault();
    close(form, row);
  });
  form.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && close(form, row));
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return; // the preview
    event.preventDefault();
    submit(form, row);
  });
  return form;
}

/** Opens the form instead of the text. Closing it asks nothing because the draft is kept. */
export async function edit(link) {
  const row = link.closest(".comment, .opening");
  link.closest("details").open = false;
  if (opening.has(row)) return;
  opening.add(row);
  try {
    const form = part(row, "form[action$='/edit/']") ?? (await load(link, row));
    const prose = part(row, ".prose");
    still(() => {
      prose.hidden = true;
      prose.after(form);
    });
    form.scrollIntoView({ block: "nearest" });
    form.elements.body.focus({ preventScroll: true });
  } finally {
    opening.delete(row);
  }
}
