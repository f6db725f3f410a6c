// Starts the behaviours that elements name: <section data-behavior="vote fold">. Each behaviour is one module that exports
// start(element). The paths must be literal because the static storage rewrites them to hashed names.
import { reportErrors } from "./lib/report.js";

reportErrors();

const behaviors = {
  bookmark: () => import("./behaviors/bookmark.js"),
  code: () => import("./behaviors/code.js"),
  composer: () => import("./behaviors/composer.js"),
  copy: () => import("./behaviors/copy.js"),
  debate: () => import("./behaviors/debate.js"),
  draft: () => import("./behaviors/draft.js"),
  fold: () => import("./behaviors/fold.js"),
  keys: () => import("./behaviors/keys.js"),
  mention: () => import("./behaviors/mention.js"),
  menu: () => import("./behaviors/menu.js"),
  onlynew: () => import("./behaviors/onlynew.js"),
  passkey: () => import("./behaviors/passkey.js"),
  poll: () => import("./behaviors/poll.js"),
  position: () => import("./behaviors/position.js"),
  presence: () => import("./behaviors/presence.js"),
  preview: () => import("./behaviors/preview.js"),
  queue: () => import("./behaviors/queue.js"),
  quote: () => import("./behaviors/quote.js"),
  rank: () => import("./behaviors/rank.js"),
  receipt: () => import("./behaviors/receipt.js"),
  remembered: () => import("./behaviors/remembered.js"),
  reply: () => import("./behaviors/reply.js"),
  similar: () => import("./behaviors/similar.js"),
  spoiler: () => import("./behaviors/spoiler.js"),
  suggest: () => import("./behaviors/suggest.js"),
  times: () => import("./behaviors/times.js"),
  topic: () => import("./behaviors/topic.js"),
  topics: () => import("./behaviors/topics.js"),
  unread: () => import("./behaviors/unread.js"),
  vote: () => import("./behaviors/vote.js"),
  zone: () => import("./behaviors/zone.js"),
};

async function wake(element) {
  const names = element.dataset.behavior.split(/\s+/).filter((name) => name && !element.awake?.has(name));
  element.awake = new Set([...(element.awake ?? []), ...names]);
  // All are fetched at once, and started in the order in which the element names them.
  const modules = names.map((name) => behaviors[name]?.() ?? console.warn(`No behaviour called ${name}`));
  for (const module of modules) (await module)?.start(element);
}

function wakeAll(root) {
  const elements = [...root.querySelectorAll("[data-behavior]")];
  if (root.matches?.("[data-behavior]")) elements.unshift(root);
  return Promise.all(elements.map(wake));
}

/** Wakes the behaviours in data-later, which few readers need. They wait until somebody is in their element or selects in it. */
function wakeLater(element) {
  const found = element?.closest("[data-later]");
  if (!found) return;
  found.dataset.behavior = `${found.dataset.behavior ?? ""} ${found.dataset.later}`;
  delete found.dataset.later;
  wake(found);
}

addEventListener("focusin", ({ target }) => wakeLater(target));
document.addEventListener("selectionchange", () => getSelection().isCollapsed || wakeLater(getSelection().anchorNode.parentElement));

wakeAll(document).then(() => (document.documentElement.dataset.started = ""));
// Parts that arrive later (a preview, a composer, more replies) start when they are added.
new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) wakeAll(node);
}).observe(document.body, { childList: true, subtree: true });
