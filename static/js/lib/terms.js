// Fetches the page again when its terms have changed: who may reply and how often, the panels, and the moderators' buttons.
import { pageAnew } from "./fetched.js";
import { make } from "./make.js";

const FAILED = "The rules for replying here may have changed. Reload the page to see them.";

export const isWritten = (form) => form.elements.body.value.trim();

/** Shows a sentence in a composer that has a text, because the composer itself is kept. */
function warn(form, sentence) {
  form.querySelector(".notice.warning")?.remove();
  if (!sentence) return;
  const notice = make("p", "notice warning", `${sentence} Your text stays here.`);
  notice.role = "status";
  form.prepend(notice);
}

const besideFace = (head) => [...head.children].filter((child) => !child.matches(".topic-face"));

function renewHead(here, there) {
  here.removeAttribute("data-may-not");
  for (const { name, value } of there.attributes) here.setAttribute(name, value);
  const [head, fresh] = [here, there].map((each) => each.querySelector(".topic-head"));
  for (const old of besideFace(head)) old.remove();
  head.append(...besideFace(fresh));
}

function renewForms(here, end, fresh) {
  const refusal = fresh.querySelector("form.composer") ? "" : fresh.textContent.trim();
  const forms = [...here.querySelectorAll("form.composer")];
  for (const form of forms.filter(isWritten)) warn(form, refusal);
  for (const form of forms) if (refusal && !isWritten(form) && !end.contains(form)) form.remove();
  if (!forms.some((form) => end.contains(form) && isWritten(form))) end.replaceChildren(...fresh.childNodes);
}

const isHere = (panel) => document.getElementById(panel.id);

/** Resolves when the style sheets of new panels are loaded, so that the panels appear in their full size. */
function dress(panels) {
  const sheets = [...panels.querySelectorAll("link")].filter((sheet) => !document.querySelector(`link[href="${sheet.getAttribute("href")}"]`));
  return Promise.all(sheets.map((sheet) => new Promise((resolve) => {
    sheet.onload = sheet.onerror = resolve;
    document.head.append(sheet);
  })));
}

/** Adds new panels. Those already here stay, with what the reader has marked in them. */
function renewPanels(here, there) {
  for (const panel of there.querySelectorAll(".attached > [id], .polls > [id]")) {
    if (!isHere(panel)) (isHere(panel.parentElement) ?? here.querySelector(".attached")).append(panel);
  }
  here.querySelector(".addable").replaceWith(there.querySelector(".addable"));
}

/** Shows the new terms by still(change). A composer that has a text stays and shows what happened. */
export async function renewTerms(still) {
  const other = await pageAnew();
  const [here, there] = [document, other].map((each) => each?.querySelector(".reading"));
  if (!there) return here.querySelectorAll("form.composer").forEach((form) => warn(form, FAILED));
  document.adoptNode(there);
  await dress(there.querySelector(".attached"));
  still(() => {
    renewHead(here, there);
    renewPanels(here, there);
    renewForms(here, document.getElementById("reply"), there.querySelector("#reply"));
  });
}
