// "12 more replies" opens in place: the link's own page is fetched and its rows adopted.
import { say } from "../lib/say.js";

/** The branch's page holds the rows in the list with the link's id in data-branch; known rows are left out. */
async function adopt(link) {
  const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(`answer ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const wanted = page.querySelector(`.thread[data-branch="${link.dataset.branch}"]`);
  if (!wanted) throw new Error("no such branch");
  const place = link.closest(".more");
  const rows = [...wanted.children].filter((row) => !row.id || !document.getElementById(row.id));
  const list = place.closest(".thread") === place.parentElement ? place.parentElement : null;
  const adopted = rows.map((row) => document.adoptNode(row));
  if (list) place.replaceWith(...adopted);
  else {
    const nested = place.parentElement.querySelector(":scope > .thread") ?? place.parentElement.appendChild(document.createElement("ol"));
    nested.classList.add("thread");
    nested.append(...adopted);
    place.remove();
  }
  const first = adopted.find((row) => row.matches(".comment"));
  if (first) {
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  }
}

/** Without this module, or when fetching fails, the link simply leads to the branch's page. */
export function start(section) {
  section.addEventListener("click", async (event) => {
    const link = event.target.closest(".more a[data-branch]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    link.setAttribute("aria-busy", "true");
    try {
      await adopt(link);
    } catch {
      say("Opening the rest on its own page.");
      location.href = link.href;
    }
  });
}
