// Copies a text, and says so.
import { say } from "./foot.js";

export async function copy(text, sentence) {
  try {
    await navigator.clipboard.writeText(text);
    say(sentence);
  } catch {
    say("This browser did not allow copying. Select the text and copy it yourself.", "error");
  }
}
