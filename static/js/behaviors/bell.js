// The number of unread notifications, beside the bell and before the page's title.
import { listen, meanwhile } from "../lib/live.js";

const MOST = 99;
const ASK_EVERY = 60_000;

export function start(bell) {
  const count = bell.querySelector(".count");
  const me = document.getElementById("act").dataset.member;

  function show({ unread }) {
    count.textContent = unread > MOST ? `${MOST}+` : unread;
    count.hidden = !unread;
    document.title = (unread ? `(${count.textContent}) ` : "") + document.title.replace(/^\(\d+\+?\) /, "");
  }

  if (!count.hidden) show({ unread: parseInt(count.textContent, 10) + count.textContent.endsWith("+") });
  const turn = meanwhile(async () => show(await (await fetch(`${bell.href}count/`)).json()), ASK_EVERY);
  listen(`member:${me}`, (message) => (message.kind === "notified" ? show : turn)(message));
}
