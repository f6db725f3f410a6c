// What a press of a form's button would send, sent in the background.
import { say } from "./say.js";

/** Posts the button's own address with its form's fields. Returns the answer; throws when it is not a success. */
export async function press(button) {
  const answer = await fetch(button.formAction, {
    method: "POST",
    body: new FormData(button.form),
    headers: { Accept: "text/html, application/json", "HX-Request": "true" },
  });
  if (!answer.ok) throw new Error(answer.status === 429 ? "A little slower, please." : "That was not saved.");
  return answer;
}

/** Presses and, when that fails, undoes what the page already showed and says why. */
export async function pressOrUndo(button, undo) {
  try {
    return await press(button);
  } catch (error) {
    undo();
    say(error instanceof TypeError ? "No connection: that was not saved." : error.message, "error");
    return null;
  }
}
