// Shows the facts of a topic beside its comments: title, badges, address, numbers and the accepted answer.
import { make, parsed, signed } from "./make.js";
import { badge, settle } from "./marks.js";
import { replies, rowOf } from "./rows.js";

function showHead({ head, title, address }) {
  const face = document.querySelector(".topic-face");
  const fresh = parsed(`<div>${head}</div>`).firstChild;
  if (fresh.innerHTML === face.innerHTML) return;
  document.title = document.title.replace(face.querySelector("h1").textContent, title);
  face.replaceChildren(...fresh.childNodes);
  if (address !== location.pathname) history.replaceState(history.state, "", address + location.search + location.hash);
}

function accept(row, isAccepted) {
  row.classList.toggle("is-accepted", isAccepted);
  badge(row, "solved", isAccepted && "accepted answer");
  settle(row);
}

function showAccepted(section, row) {
  for (const other of section.querySelectorAll(".is-accepted")) if (other !== row) accept(other, false);
  if (row) accept(row, true);
}

/** Updates the sides beside names: those in `debate.sides`. Removes all of them if the debate was cancelled. */
export function showSides(debate) {
  for (const author of document.querySelectorAll(".meta > a.author")) {
    const name = author.textContent;
    if (debate && !Object.hasOwn(debate.sides, name)) continue;
    if (author.nextElementSibling?.matches(".side")) author.nextElementSibling.remove();
    if (!debate) continue;
    const badge = make("span", "side", debate.sides[name]);
    badge.dataset.side = debate.sides[name];
    author.after(badge);
  }
}

export function showFacts(section, facts) {
  showHead(facts);
  showAccepted(section, rowOf(facts.accepted));
  for (const place of document.querySelectorAll("[data-fact]")) {
    const fact = facts[place.dataset.fact];
    place.innerHTML = place.matches("h2") ? replies(fact) : typeof fact === "number" ? signed(fact) : fact;
  }
}
