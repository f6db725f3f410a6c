// "12 more replies" opens in place: the link's own page is fetched and its rows adopted.
import { page } from "../lib/fetched.js";
import { say } from "../lib/foot.js";
import { attend, repliesOf } from "../lib/rows.js";

/** The other page holds the rows in the list whose data-branch is the link's; rows already here are left out. */
async function adopt(link) {
  const other = await page(link.href);
  const wanted = other.querySelector(`.thread[data-branch="${link.dataset.branch}"]`);
  if (!wanted) throw new Error("no such branch");
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

/** Without this module, or when fetching fails, the link simply leads to that page. */
export function start(section) {
  section.addEventListener("click", async (event) => {
    const link = event.target.closest(".more a[data-branch]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    link.setAttribute("aria-busy", "true");
    try {
      await adopt(link);
    } catch {
      say("Opening the rest on its own page.");
      location.assign(link.href);
    }
  });
}
