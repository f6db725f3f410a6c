// Fetches the whole list after branches were moved to or from another topic, because new comments cannot just be added then.
import { pageAnew } from "./fetched.js";
import { part, rowOf } from "./rows.js";
import { isWritten } from "./terms.js";

/** Moves composers that have a text to the fresh rows of what they answer, or to the end. */
function keep(forms) {
  for (const form of forms) {
    const row = rowOf(form.elements.parent.value);
    if (row) part(row, ".acts").after(form);
    else document.getElementById("reply").prepend(form);
  }
}

/** Shows the fetched list by still(change). Returns false if it could not be fetched. */
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
