// Shows the number of unread notifications beside the bell and before the page's title.
import { listen, meanwhile } from "../lib/live.js";
import { ignoreFailedRequest, Refused, request } from "../lib/request.js";

const MOST = 99;
const ASK_EVERY = 60_000;

export function start(link) {
  const count = link.querySelector(".count");
  const me = document.getElementById("act").dataset.member;

  function show({ unread }) {
    count.textContent = unread > MOST ? `${MOST}+` : unread;
    count.hidden = !unread;
    document.title = (unread ? `(${count.textContent}) ` : "") + document.title.replace(/^\(\d+\+?\) /, "");
  }

  if (!count.hidden) show({ unread: parseInt(count.textContent, 10) + count.textContent.endsWith("+") });

  async function ask() {
    const answer = await request(`${link.href}count/`);
    if (!answer.ok || answer.redirected) throw new Refused("The number of notifications could not be loaded.");
    show(await answer.json());
  }

  const turn = meanwhile(ask, ASK_EVERY);
  // Back can show this page as it was left, and more may have been read since.
  addEventListener("pageshow", ({ persisted }) => persisted && ask().catch(ignoreFailedRequest));
  listen(`member:${me}`, (message) => (message.kind === "notified" ? show : turn)(message));
}
