// Updates a topic's page. New comments of others wait until the reader presses a chip on their branch or the bar, which show how
// many there are. Other changes are shown at once.
import { Discussion } from "../lib/discussion.js";
import { showFacts, showSides } from "../lib/facts.js";
import { bar, sentence } from "../lib/foot.js";
import { listen } from "../lib/live.js";
import { make, makeButton } from "../lib/make.js";
import { attend, idOf, part, replies } from "../lib/rows.js";
import { isInSight, still } from "../lib/still.js";
import { follow } from "../lib/version.js";

const PATIENCE = 2000; // milliseconds without a connection before the page says so
const MOST_SHOWN = 500; // the limit of the view that records a visit
const SENTENCES = {
  away: "Connection lost, trying again",
  closed: "You have many tabs open, so this one looks for new comments only now and then.",
  400: "This page is out of date. Reload it.",
  403: "You can no longer see this topic.",
  404: "You can no longer see this topic.",
};

const termsOf = (facts) => [facts.category, facts.is_locked, facts.is_slow, facts.is_pinned, facts.panels].join();

function putChip(row, count) {
  const chip = part(row, ".acts > .live-chip") ?? part(row, ".acts").appendChild(makeButton("live-chip"));
  const noun = count === 1 ? " reply" : " replies";
  chip.replaceChildren(count, make("span", "", " new"), make("span", "", noun)); // a narrow screen hides some of it
  chip.ariaLabel = chip.textContent;
}

export function start(section) {
  const discussion = new Discussion(section);
  const act = document.getElementById("act");
  let { terms, count } = section.dataset;
  let facts = null;
  let behind = 0; // comments of which only the number came
  let [wasThere, doubt] = [false, 0];

  const { ask, receive, since } = follow(section, take, stop);
  const leave = listen(`topic:${section.dataset.topic}`, (message) => {
    if (message.kind === "topic_counted" && message.topic === Number(section.dataset.topic)) countOn(message.comment_count);
    else sayHowItStands(message.kind);
    receive(message);
  }, since);

  function take(message, before) {
    facts = message.facts;
    const replied = message.comments.filter(({ seq }) => seq > discussion.last).map(({ by }) => by);
    if (facts.rearranged_in > before) beginAnew();
    else still(() => {
      discussion.look();
      discussion.take(message.comments);
      discussion.last = Math.max(discussion.last, facts.last_seq);
      [count, behind] = [facts.comment_count, 0];
      draw();
    });
    showSides(facts.debate);
    if (terms !== termsOf(facts)) import("../lib/terms.js").then(({ renewTerms }) => renewTerms(still));
    terms = termsOf(facts);
    section.dispatchEvent(new CustomEvent("replied", { detail: replied }));
    section.dispatchEvent(new CustomEvent("facts", { bubbles: true, detail: facts })); // for the panels
  }

  async function beginAnew() {
    const { rearrange } = await import("../lib/rearranged.js");
    if (!(await rearrange(section, still))) return sentence(SENTENCES[400]);
    discussion.begin();
    draw();
  }

  function countOn(told) {
    behind = Math.max(0, told - count);
    draw();
  }

  function sayHowItStands(kind) {
    if (kind === "joined" || kind === "resumed") {
      wasThere = true;
      doubt = clearTimeout(doubt);
      sentence("");
    } else if (kind === "closed") sentence(SENTENCES.closed);
    else if (wasThere && (kind === "away" || kind === "paused")) doubt ??= setTimeout(sentence, PATIENCE, SENTENCES.away);
  }

  function stop(status) {
    leave();
    clearTimeout(doubt);
    bar("");
    sentence(SENTENCES[status]);
  }

  function draw() {
    const branches = discussion.branches();
    for (const chip of section.querySelectorAll(".live-chip")) if (!branches.has(chip.closest(".comment, .opening"))) chip.remove();
    for (const [row, seqs] of branches) if (row) putChip(row, seqs.length);
    const number = [...branches.values()].flat().length + behind;
    bar(number && `${number} new`, showAll);
    const none = part(section, ".none"); // "No replies yet."
    if (none) none.hidden = discussion.waiting.size + behind > 0;
    drawNewBar();
    if (discussion.isBranch) drawBranch();
    if (facts) showFacts(section, facts);
  }

  function drawBranch() {
    const [base] = discussion.rows.values();
    const below = parseInt(part(base, ".meta > .fold").textContent, 10) - 1;
    section.querySelector(".thread-bar h2").textContent = `${replies(below)} in this branch`;
  }

  function drawNewBar() {
    const newBar = part(section, ".new-bar");
    newBar.hidden = !discussion.fresh && !newBar.matches("[data-always]");
    newBar.querySelector("strong").textContent = `${discussion.fresh} new`;
    const next = newBar.querySelector("[data-key]");
    const first = section.querySelector(".is-new");
    if (first && !next.hasAttribute("href")) next.href = `/comments/${idOf(first)}/`;
    const button = newBar.querySelector("button");
    if (button) button.value = discussion.shownUpTo;
  }

  /** Shows comments without moving anything else. After a key, the focus moves to them. */
  function show(seqs, row, isByKey) {
    still(() => {
      discussion.look();
      const [first] = discussion.show(seqs);
      draw();
      if (first && row) attend(isInSight(first) ? first : row);
      else if (isByKey) section.querySelector(".new-bar [data-key]").focus({ preventScroll: true });
    }, row && part(row, ".acts"));
    setTimeout(tellSeen, 1000);
  }

  async function showAll({ detail }) {
    if (behind) await ask();
    show([...discussion.waiting.keys()], null, !detail);
  }

  /** Records shown comments in the visit. They stay marked as new. */
  function tellSeen() {
    while (discussion.reader && discussion.shown.length) {
      const body = new FormData(act);
      body.set("seq", discussion.shownUpTo);
      body.set("shown", discussion.shown.splice(0, MOST_SHOWN));
      navigator.sendBeacon(`/t/${section.dataset.topic}/seen/`, body);
    }
  }

  section.addEventListener("click", (event) => {
    const row = event.target.closest(".live-chip")?.closest(".comment, .opening");
    if (row) show(discussion.branches().get(row) ?? [], row);
  });
  section.addEventListener("adopted", () => still(() => {
    discussion.look();
    draw();
  }));
  document.addEventListener("selectionchange", () => {
    if (discussion.held.size && getSelection().isCollapsed) still(() => discussion.release());
  });
  addEventListener("pagehide", tellSeen);
}
