// Replies in place: opens the composer below the comment, and shows the reply there once it is stored. Edits, menus and
// more replies open in place, too.
import { page } from "../lib/fetched.js";
import { makeButton } from "../lib/make.js";
import { post } from "../lib/post.js";
import { ignoreFailedRequest, Refused, showFailure } from "../lib/request.js";
import { attend, idOf, place, rowOf } from "../lib/rows.js";

const answers = (parent) => document.querySelector(`.composer [name="parent"][value="${parent}"]`)?.form;

/** Adds a button that closes the composer. It does not ask for confirmation because the draft is kept. */
function closable(form, link) {
  const button = makeButton("text-button", "Close");
  const close = () => {
    form.remove();
    link.focus();
  };
  button.addEventListener("click", close);
  form.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && close());
  form.querySelector(".button-row .button").after(button);
}

async function open(link) {
  const parent = idOf(link.closest(".comment, .opening"));
  let form = answers(parent);
  if (!form) {
    form = document.adoptNode((await page(link.href)).querySelector("main form.composer"));
    closable(form, link);
    link.closest(".acts").after(form);
  }
  form.scrollIntoView({ block: "nearest" });
  form.elements.body.focus({ preventScroll: true });
}

/** Removes the sent text from its form. Returns true if the person has typed more meanwhile, which stays. */
function clear(form, sent) {
  const area = form.elements.body;
  const more = area.value.startsWith(sent) ? area.value.slice(sent.length) : area.value;
  area.defaultValue = "";
  area.value = more;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  if (more) return true;
  form.dispatchEvent(new Event("posted"));
  if (form.closest(".comment")) form.remove();
}

/** Puts the row in its place, unless the socket has brought it already. Returns the row on the page. */
function put(row, answered) {
  const found = document.getElementById(row.id);
  const section = document.querySelector(".discussion");
  const parent = answered.matches(".comment") ? answered : section.querySelector(":scope > .thread");
  if (!found && parent) place(row, parent, section.dataset.sort === "new");
  return found ?? (parent && row);
}

async function send(form) {
  const body = new FormData(form);
  const sent = form.elements.body.value;
  const answer = await post(form.action, body, "text/x-row, text/html");
  const other = new DOMParser().parseFromString(await answer.text(), "text/html");
  // The next reply needs a new idempotency token.
  form.elements.token.value = answer.headers.get("Next-Token") ?? form.elements.token.value;
  if (answer.status === 202) {
    // The reply is pending until a moderator approves it.
    form.before(document.adoptNode(other.querySelector(".notice.warning")));
    return clear(form, sent);
  }
  if (answer.status !== 201) throw new Refused(other.querySelector(".notice.error, .errorlist")?.textContent.trim() || "Your reply was not stored. Please try again.");
  const row = document.adoptNode(other.querySelector(".comment"));
  const answered = rowOf(body.get("parent"));
  const shown = answered && put(row, answered);
  if (!clear(form, sent) && shown) attend(shown, "nearest");
  if (!shown) location.assign(`/comments/${idOf(row)}/`); // the branch has been moved to another topic
}

async function openInPlace(link) {
  if (link.matches(".reply")) await open(link);
  else if (link.matches(".menu")) await (await import("../lib/menu.js")).openMenu(link);
  else if (link.matches(".more a")) await (await import("../lib/more.js")).openMore(link);
  else await (await import("../lib/edit.js")).edit(link);
}

/** The text stays in its form when something fails. With a modifier key the link opens its own page. */
export function start(section) {
  section.addEventListener("click", (event) => {
    const link = event.target.closest("a.reply, a.menu, .menu a[href$='/edit/'], .more a[data-branch]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openInPlace(link).catch((error) => {
      ignoreFailedRequest(error);
      location.assign(link.href);
    });
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches(".composer:has([name='parent'])") || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    if (form.ariaBusy) return; // Ctrl+Enter can be pressed twice; the button is disabled
    form.ariaBusy = true;
    const button = form.querySelector(".button");
    button.disabled = true;
    await send(form).catch((error) => showFailure(error, "No connection: nothing was sent yet."));
    button.disabled = false;
    form.ariaBusy = null;
  });
}
