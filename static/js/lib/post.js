// Sending a form's fields in the background.
import { Refused, request } from "./request.js";

const act = (page) => page.getElementById("act");
const token = '[name="csrfmiddlewaretoken"]';

/**
 * Takes a new CSRF token from the page that refused the old one. Signing in again in another tab makes the tokens of this
 * page too old. A token of another member is not taken, because nothing may be sent under another name.
 */
async function renew(refusal) {
  const other = new DOMParser().parseFromString(await refusal.text(), "text/html");
  const found = act(other)?.querySelector(token);
  if (!found) return null;
  if (act(other).dataset.member !== act(document).dataset.member)
    throw new Refused("Someone else has signed in here meanwhile: nothing was sent. Keep a copy of your text and reload the page.");
  for (const field of document.querySelectorAll(token)) field.value = found.value;
  return found.value;
}

/** Posts the fields and returns the answer. Throws NoConnection, and Refused when nobody is signed in any more. */
export async function post(address, body, accept) {
  const send = () => request(address, { method: "POST", body, headers: { Accept: accept } });
  let answer = await send();
  const fresh = answer.status === 403 && (await renew(answer.clone()));
  if (fresh) {
    body.set("csrfmiddlewaretoken", fresh);
    answer = await send();
  }
  if (answer.redirected) throw new Refused("You are signed out: nothing was sent. Sign in in another tab, then try again.");
  return answer;
}
