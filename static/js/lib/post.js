// Sending a form's fields in the background.

const act = (page) => page.getElementById("act");
const token = '[name="csrfmiddlewaretoken"]';

/**
 * Whoever signs in again in another tab makes the forms of this page too old. The page that refuses them brings a new
 * token; nobody else's though, so that nothing is sent under another name.
 */
async function renew(refusal) {
  const other = new DOMParser().parseFromString(await refusal.text(), "text/html");
  const found = act(other)?.querySelector(token);
  if (!found) return null;
  if (act(other).dataset.member !== act(document).dataset.member)
    throw new Error("Someone else has signed in here meanwhile: nothing was sent. Keep a copy and reload the page.");
  for (const field of document.querySelectorAll(token)) field.value = found.value;
  return found.value;
}

/** The answer to a POST of the fields. Throws where there is no connection, or nobody is signed in any more. */
export async function post(address, body, accept) {
  const send = () => fetch(address, { method: "POST", body, headers: { Accept: accept } });
  let answer = await send();
  const fresh = answer.status === 403 && (await renew(answer.clone()));
  if (fresh) {
    body.set("csrfmiddlewaretoken", fresh);
    answer = await send();
  }
  if (answer.redirected) throw new Error("You are signed out: nothing was sent. Sign in in another tab, then try again.");
  return answer;
}
