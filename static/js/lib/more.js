// Opens "12 more replies" in place: fetches the link's page and takes over its rows. Fetched on the first press.
import { page } from "./fetched.js";
import { Refused } from "./request.js";
import { attend, repliesOf } from "./rows.js";

/** Takes the rows from the other page's list with the link's data-branch, except those already here. */
export async function openMore(link) {
  link.ariaBusy = true;
  const other = await page(link.href);
  const wanted = other.querySelector(`.thread[data-branch="${link.dataset.branch}"]`);
  if (!wanted) throw new Refused("That branch is not on its page any more.");
  const rows = [...wanted.children].filter((row) => !row.id || !document.getElementById(row.id));
  const place = link.closest(".more");
  const adopted = rows.map((row) => document.adoptNode(row));
  if (place.parentElement.matches(".thread")) place.before(...adopted);
  else repliesOf(place.parentElement).append(...adopted);
  place.remove();
  link.closest(".discussion")?.dispatchEvent(new Event("adopted"));
  const first = adopted.find((row) => row.matches(".comment"));
  if (first) attend(first, "nearest");
}
