// Opens the menu of a comment in place of the link to its page. Fetched on the first press.
import { page } from "./fetched.js";
import { make } from "./make.js";
import { Refused } from "./request.js";

/** The menu is fetched each time, so it always offers what is possible now. Closed, it becomes the link again. */
export async function openMenu(link) {
  if (link.ariaBusy) return; // a double click
  link.ariaBusy = true;
  const items = (await page(link.href).finally(() => (link.ariaBusy = null))).querySelector("main .menu > div");
  if (!items) throw new Refused("You are signed out.");
  const summary = Object.assign(make("summary", ""), { ariaLabel: link.ariaLabel });
  const menu = make("details", "menu", summary, document.adoptNode(items));
  menu.open = true;
  menu.addEventListener("toggle", () => {
    if (menu.open) return;
    const hadFocus = menu.contains(document.activeElement);
    menu.replaceWith(link);
    if (hadFocus) link.focus();
  });
  link.replaceWith(menu);
  summary.focus();
}
