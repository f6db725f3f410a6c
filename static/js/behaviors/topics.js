// A list of topics says what has come since, and shows it when asked to: nothing moves by itself.
import { page } from "../lib/fetched.js";
import { bar } from "../lib/foot.js";
import { listen } from "../lib/live.js";
import { attend } from "../lib/rows.js";

const STALE = 1100; // milliseconds for which a page that visitors share may be old
const SHOW_NEW = ["latest", "new", "unanswered"];
const SHOW_REPLIES = ["latest"];

const topics = (count) => `${count} topic${count === 1 ? "" : "s"}`;

export function start(list) {
  const { list: name, categories } = list.dataset;
  const within = new Set(categories?.split(" ").map(Number));
  const added = new Set();
  const answered = new Set();
  let [wasAway, heardAt] = [false, 0];

  function belongs({ topic, category, is_new }) {
    if (within.size && !within.has(category)) return false;
    const isFirst = "first" in list.dataset;
    return (isFirst && (is_new ? SHOW_NEW : SHOW_REPLIES).includes(name)) || list.querySelector(`h2 a[href^="/t/${topic}/"]`);
  }

  function count(told) {
    heardAt = Date.now();
    for (const each of told.filter(belongs)) {
      if (each.is_new) added.add(each.topic);
      else if (!added.has(each.topic)) answered.add(each.topic);
    }
    const fresh = added.size && topics(added.size).replace(" ", " new ");
    const replies = answered.size && `${fresh ? answered.size : topics(answered.size)} with new replies`;
    if (fresh || replies) bar([fresh, replies].filter(Boolean).join(", "), renew);
  }

  async function renew({ detail }) {
    bar("");
    await new Promise((resolve) => setTimeout(resolve, heardAt + STALE - Date.now()));
    const other = await page(location.href).catch(() => null);
    const fresh = other?.querySelector("[data-behavior~='topics']");
    if (!fresh) return location.reload();
    leave();
    list.replaceWith(document.adoptNode(fresh));
    if (fresh.getBoundingClientRect().top < 0) fresh.scrollIntoView({ block: "start" });
    if (!detail) attend(fresh.querySelector(".topic"));
  }

  const leave = listen("topics", ({ kind, topics: told }) => {
    if (kind === "topics_changed") count(told);
    if (kind === "joined" && wasAway) bar("See what has come meanwhile", renew);
    wasAway = kind === "away" || kind === "paused" || (wasAway && kind !== "joined");
  });
}
