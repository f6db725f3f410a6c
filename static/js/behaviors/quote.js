// Quotes the selected words of a comment in the reply that is being written, or in a new reply to that comment.
import { insert } from "../lib/insert.js";
import { make, makeButton } from "../lib/make.js";

const PATIENCE = 5000;

/** Returns the comment that contains the whole selection. */
function quoted(section) {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount || !selection.toString().trim()) return null;
  const ancestor = selection.getRangeAt(0).commonAncestorContainer;
  const prose = (ancestor.nodeType === Node.ELEMENT_NODE ? ancestor : ancestor.parentElement).closest(".prose:not(.preview)");
  return prose && section.contains(prose) ? prose.closest(".comment, .opening") : null;
}

/** Returns the selection with the elements around it, so that half of a list or of code stays one. */
function selected() {
  const range = getSelection().getRangeAt(0);
  let part = make("div", "", range.cloneContents());
  const start = range.commonAncestorContainer;
  let around = start.nodeType === Node.ELEMENT_NODE ? start : start.parentElement;
  for (; !around.matches(".prose"); around = around.parentElement) {
    const copy = around.cloneNode();
    copy.append(...part.childNodes);
    part = make("div", "", copy);
  }
  return part;
}

function quotation(comment, words) {
  const number = comment.id.replace("comment-", "");
  const author = comment.querySelector(":scope > .meta a.author")?.textContent.trim();
  const who = author ? `@${author}` : "A deleted member";
  const lines = words.split("\n").map((line) => `> ${line}`.trimEnd()).join("\n");
  return `> ${who} [wrote](/comments/${number}/):\n>\n${lines}\n\n`;
}

/** Returns the composer that has a text, otherwise the comment's own, which its reply link opens. */
async function composer(comment) {
  const written = [...document.querySelectorAll("form.composer")].find((form) => form.elements.body.value.trim());
  if (written) return written;
  comment.querySelector(":scope > .acts a.reply").click();
  const parent = comment.id.replace("comment-", "");
  for (const begun = Date.now(); Date.now() < begun + PATIENCE; ) {
    const field = document.querySelector(`form.composer [name="parent"][value="${parent}"]`);
    if (field) return field.form;
    await new Promise(requestAnimationFrame);
  }
  return null;
}

async function quote(comment) {
  const part = selected();
  const { markdown } = await import("../lib/markdown.js");
  const text = quotation(comment, markdown(part));
  const form = await composer(comment);
  if (!form) return;
  const area = form.elements.body;
  const rest = area.value.slice(0, area.selectionEnd);
  insert(area, (rest && !rest.endsWith("\n\n") ? "\n\n" : "") + text, area.selectionEnd, area.selectionEnd);
  form.scrollIntoView({ block: "nearest" });
}

export function start(section) {
  if (document.documentElement.dataset.viewer === "visitor") return;
  const button = makeButton("button small quote-button", "Quote");
  button.hidden = true;
  section.append(button);

  function place() {
    const comment = quoted(section);
    button.hidden = !comment?.querySelector(":scope > .acts a.reply")?.checkVisibility();
    if (button.hidden) return;
    const box = getSelection().getRangeAt(0).getBoundingClientRect();
    button.hidden = box.bottom < 0 || box.top > innerHeight;
    button.style.top = `${Math.min(Math.max(box.bottom + 8, 8), innerHeight - 48)}px`;
    button.style.left = `${Math.min(Math.max(box.left, 8), innerWidth - 96)}px`;
  }

  place(); // for the selection that woke this behaviour
  document.addEventListener("selectionchange", place);
  document.addEventListener("scroll", place, { passive: true });
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection
  button.addEventListener("click", () => {
    const comment = quoted(section);
    if (comment) quote(comment);
    button.hidden = true;
  });
}
