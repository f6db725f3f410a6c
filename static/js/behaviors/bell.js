// The number of unread notifications, beside the bell and before the page's title.
import { listen } from "../lib/live.js";

const MOST = 99;

export function start(bell) {
  const count = bell.querySelector(".count");
  const me = document.getElementById("act").dataset.member;

  function show(unread) {
    count.textContent = unread > MOST ? `${MOST}+` : unread;
    count.hidden = !unread;
    document.title = (unread ? `(${count.textContent}) ` : "") + document.title.replace(/^\(\d+\+?\) /, "");
  }

  if (!count.hidden) show(parseInt(count.textContent, 10) + count.textContent.endsWith("+"));
  listen(`member:${me}`, ({ kind, unread }) => kind === "notified" && show(unread));
}
