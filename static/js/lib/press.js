// Pressing a form's button in the background.
import { post } from "./post.js";
import { Refused, showFailure } from "./request.js";

export const UNSAVED = "No connection: that was not saved.";

/** Posts the form's fields to the button's address. Returns the answer's JSON. Throws NoConnection or Refused. */
export async function press(button) {
  const answer = await post(button.formAction, new FormData(button.form), "application/json");
  if (answer.status === 429) throw new Refused(`That was not saved. Please try again in ${answer.headers.get("Retry-After")} s.`);
  if (!answer.ok) throw new Refused("That was not saved. Reload the page to see why.");
  return answer.json();
}

/** Presses the button. If that fails, undoes what the page already showed, says why, and returns null. */
export async function pressOrUndo(button, undo) {
  try {
    return await press(button);
  } catch (error) {
    undo();
    showFailure(error, UNSAVED);
    return null;
  }
}

/** Replaces the last word of the button's address: …/vote/up/ becomes …/vote/none/. */
export function lead(button, word) {
  button.setAttribute("formaction", button.getAttribute("formaction").replace(/[^/]+\/$/, `${word}/`));
}
