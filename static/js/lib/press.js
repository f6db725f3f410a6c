// What a press of a form's button would send, sent in the background.
import { say } from "./foot.js";
import { post } from "./post.js";

/** Posts the button's own address with its form's fields; gives the JSON of the answer, throws when it is no success. */
async function press(button) {
  const answer = await post(button.formAction, new FormData(button.form), "application/json");
  if (answer.status === 429) throw new Error(`That was not saved. A little slower, please: again in ${answer.headers.get("Retry-After")} s.`);
  if (!answer.ok) throw new Error("That was not saved.");
  return answer.json();
}

/** Presses and, when that fails, undoes what the page already showed and says why. Null then. */
export async function pressOrUndo(button, undo) {
  try {
    return await press(button);
  } catch (error) {
    undo();
    say(error instanceof TypeError ? "No connection: that was not saved." : error.message, "error");
    return null;
  }
}

/** Points the button at another last word of its address: …/vote/up/ becomes …/vote/none/. */
export function lead(button, word) {
  button.setAttribute("formaction", button.getAttribute("formaction").replace(/[^/]+\/$/, `${word}/`));
}
