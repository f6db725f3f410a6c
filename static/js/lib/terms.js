// On what terms one may reply, and what moderators can do with the topic: fetched anew when that has changed.
import { pageAnew } from "./fetched.js";
import { make } from "./make.js";

const FAILED = "It may have changed who can reply here, and on what terms.";

export const termsOf = (facts) => [facts.category, facts.is_locked, facts.is_slow, facts.is_pinned].join();

export const isWritten = (form) => form.elements.body.value.trim();

/** In a composer with a text, the sentence that took the place of the others. */
function warn(form, sentence) {
  form.querySelector(".notice.warning")?.remove();
  if (!sentence) return;
  const notice = make("p", "notice warning", `${sentence} Your text stays here.`);
  notice.role = "status";
  form.prepend(notice);
}

const besideFace = (head) => [...head.children].filter((child) => !child.matches(".topic-face"));

function renewHead(here, there) {
  for (const name of ["data-may", "data-may-not"]) here.removeAttribute(name);
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

/** Calls still(change) to show it. A composer in which something is written stays, and says what happened. */
export async function renewTerms(still) {
  const other = await pageAnew();
  const [here, there] = [document, other].map((each) => each?.querySelector(".reading"));
  if (!there) return here.querySelectorAll("form.composer").forEach((form) => warn(form, FAILED));
  document.adoptNode(there);
  still(() => {
    renewHead(here, there);
    renewForms(here, document.getElementById("reply"), there.querySelector("#reply"));
  });
}
