// Shows above a list of topics what is new. A press loads it; nothing moves by itself.
import { page } from "../lib/fetched.js";
import { bar } from "../lib/foot.js";
import { listen, meanwhile } from "../lib/live.js";
import { ignoreFailedRequest } from "../lib/request.js";
import { attend } from "../lib/rows.js";

const STALE = 1100; // milliseconds: the greatest age of a page that visitors share
const LOOK_EVERY = 60_000;
const MEANWHILE = "See what is new";
const SHOW_NEW = ["latest", "new", "unanswered", "watched"];
const SHOW_REPLIES = ["latest"];

const state = (list) => String([...list.querySelectorAll(".replies")].map((link) => link.getAttribute("href") + link.textContent));
const topics = (count) => `${count} topic${count === 1 ? "" : "s"}`;

export function start(list) {
  const { list: name, categories, leftOut } = list.dataset;
  const [within, without] = [categories?.split(" "), leftOut?.split(" ")]; // tags have a #
  const added = new Set();
  const answered = new Set();
  let [wasAway, heardAt] = [false, 0];

  function belongs({ topic, category, tags = [], is_new }) {
    if (list.querySelector(`h2 a[href^="/t/${topic}/"]`)) return true;
    const has = (list) => [`${category}`, ...tags.map((tag) => `#${tag}`)].some((each) => list?.includes(each));
    const isOf = within ? has(within) : !has(without);
    return isOf && "first" in list.dataset && (is_new ? SHOW_NEW : SHOW_REPLIES).includes(name);
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

  const listAnew = async () => (await page(location.href)).querySelector("[data-behavior~='topics']");

  async function look() {
    const fresh = list.isConnected && (await listAnew());
    if (fresh && state(fresh) !== state(list)) bar(MEANWHILE, renew);
  }

  async function renew({ detail }) {
    bar("");
    await new Promise((resolve) => setTimeout(resolve, heardAt + STALE - Date.now()));
    const fresh = await listAnew().catch(ignoreFailedRequest);
    if (!fresh) return location.reload();
    leave();
    list.replaceWith(document.adoptNode(fresh));
    if (fresh.getBoundingClientRect().top < 0) fresh.scrollIntoView({ block: "start" });
    if (!detail) attend(fresh.querySelector(".topic"));
  }

  const turn = meanwhile(look, LOOK_EVERY);
  // Back can show the list as it was left, with the numbers of new comments from before they were read.
  addEventListener("pageshow", ({ persisted }) => persisted && list.isConnected && renew({ detail: 1 }));
  const leave = listen("topics", (message) => {
    const { kind, stream, topics: told } = message;
    turn(message);
    if (kind === "topics_changed") count(told);
    const isBack = stream === "topics" || kind === "resumed"; // another stream can be joined while Redis is away
    if (isBack && wasAway) bar(MEANWHILE, renew);
    wasAway = kind === "away" || kind === "paused" || (wasAway && !isBack);
  });
}
