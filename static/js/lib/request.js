// Requests to this site, and the ways in which they fail. Only a request without an answer is a lost connection.
import { say } from "./foot.js";

/** No answer came. */
export class NoConnection extends Error {}

/** The server refused. The message is a sentence for the person. */
export class Refused extends Error {}

/** Works like fetch(), and reads the whole body because a connection can also break halfway. Throws NoConnection. */
export async function request(address, options) {
  try {
    const answer = await fetch(address, options);
    await answer.clone().arrayBuffer();
    return answer;
  } catch (error) {
    throw new NoConnection(error.message);
  }
}

/** Ignores a failed request, which is tried again or has another way. Reports a script error to the console. */
export function ignoreFailedRequest(error) {
  if (!(error instanceof NoConnection || error instanceof Refused)) reportError(error);
}

/** Shows why something could not be done. `unsent` is the sentence for a lost connection. */
export function showFailure(error, unsent) {
  ignoreFailedRequest(error);
  if (error instanceof NoConnection) say(unsent, "error");
  else if (error instanceof Refused) say(error.message, "error");
  else say("Something went wrong on this page. Reload it to see whether that was saved.", "error");
}
