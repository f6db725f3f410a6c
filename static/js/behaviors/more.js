// Opens "12 more replies" in place: fetches the link's page and takes over its rows.
import { page } from "../lib/fetched.js";
import { say } from "../lib/foot.js";
import { ignoreFailedRequest, Refused } from "../lib/request.js";
import { attend, repliesOf } from "../lib/rows.js";

/** Takes the rows from the other page's list with the link's data-branch, except those already here. */
async function adopt(link) {
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

/** Without this module, or when the request fails, the link leads to that page. */
export function start(section) {
  section.addEventListener("click", async (event) => {
    const link = event.target.closest(".more a[data-branch]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    link.ariaBusy = true;
    try {
      await adopt(link);
    } catch (error) {
      ignoreFailedRequest(error);
      say("Opening the replies on their own page.");
      location.assign(link.href);
    }
  });
}
