// Branches have come from another topic or gone to one: then what is new cannot be added, and the list is fetched anew.
import { pageAnew } from "./fetched.js";
import { part, rowOf } from "./rows.js";
import { isWritten } from "./terms.js";

/** A composer in which something is written moves to the fresh row of what it answers, or to the end. */
function keep(forms) {
  for (const form of forms) {
    const row = rowOf(form.elements.parent.value);
    if (row) part(row, ".acts").after(form);
    else document.getElementById("reply").prepend(form);
  }
}

/** Calls still(change) to show it. Whether the page could be fetched. */
export async function rearrange(section, still) {
  const fresh = (await pageAnew())?.querySelector(".discussion");
  if (!fresh || !part(fresh, ".thread")) return false;
  document.adoptNode(fresh);
  still(() => {
    const forms = [...section.querySelectorAll("form.composer")].filter(isWritten);
    for (const name of [".thread", ".new-bar"]) part(section, name)?.replaceWith(part(fresh, name));
    Object.assign(section.dataset, fresh.dataset);
    keep(forms);
  });
  return true;
}
