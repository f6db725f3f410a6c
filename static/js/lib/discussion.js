// Keeps the comments of a page: which are shown, which wait to be shown, and which have gone.
import { countBelow, countNewBelow, ignore, rewrite } from "./marks.js";
import { parsed, signed } from "./make.js";
import { countMore, moreBelow, part, place, rowOf } from "./rows.js";

const PART = /[?&](after|from|focus|new)=/; // in the address of a page that does not start with the first comment

/** True if the row counts as new to the reader. As on the server, gone comments and ignored members do not count. */
const isNews = (row) => row.matches(".is-new:not(.is-gone, :has(> .ignored))");

const rowFrom = (html) => parsed(html).firstElementChild;

/** Removes the row. If its reader is writing an answer in it, removes only its text. */
function remove(row) {
  if ([...row.querySelectorAll(".composer textarea")].some((area) => area.value.trim())) {
    row.classList.add("is-gone");
    part(row, ".acts").replaceChildren();
    row.querySelector(".prose").textContent = "Deleted by its author.";
    return;
  }
  const list = row.parentElement;
  row.remove();
  if (!list.children.length && !list.dataset.branch) list.remove();
}

export class Discussion {
  constructor(section) {
    this.section = section;
    this.reader = Number(document.getElementById("act").dataset.member);
    this.ignored = new Set(section.dataset.ignored?.split(" ").map(Number));
    this.begin();
  }

  /** Starts with the page as the server made it. */
  begin() {
    this.waiting = new Map(); // seq -> {said, row}
    this.come = new Set(); // the seqs of all comments that came after the page was made, shown or not
    this.gone = new Set();
    this.shown = []; // the seqs of the comments that have been shown since the page was made
    this.held = new Map(); // row with a selection -> the row that will replace it
    this.known = this.last = Number(this.section.dataset.last);
    this.fresh = parseInt(part(this.section, ".new-bar").textContent, 10);
    this.look();
  }

  /** Finds the rows again, because other behaviours add and remove some. */
  look() {
    const list = part(this.section, ".thread");
    this.rows = new Map([...this.section.querySelectorAll(".comment")].map((row) => [Number(row.dataset.seq), row]));
    this.isBranch = list?.dataset.branch === "0";
    this.top = this.isBranch ? null : list;
    for (const seq of this.waiting.keys()) if (this.rows.has(seq)) this.waiting.delete(seq);
  }

  above({ path }) {
    return path.slice(0, -1).flatMap((seq) => this.rows.get(seq) ?? []);
  }

  nearest(said) {
    return this.above(said).at(-1) ?? this.top;
  }

  /** Returns the row or list that holds its siblings, or undefined if the page does not show its parent. */
  parentOf({ path }) {
    return path.length > 1 ? this.rows.get(path.at(-2)) : this.top;
  }

  // --- Changes from the server ----------------------------------------------------------------------

  take(comments) {
    const news = comments.filter((said) => said.html && this.isNew(said));
    for (const said of comments) if (said.is_gone) this.vanish(said);
    // Before their rows are made, because the server counted them in each other's rows already.
    for (const said of news) this.countBelow(said, 1);
    for (const said of comments) if (!said.is_gone) this.update(said);
    for (const said of news.sort((one, other) => one.seq - other.seq)) this.arrive(said);
  }

  /**
   * True if the comment came after the page was made: it was written, or a moderator restored it. A restored comment is one
   * that is missing although the page shows all its siblings.
   */
  isNew(said) {
    const [base] = this.rows.keys();
    if (said.seq === 1 || (this.rows.has(said.seq) && said.seq <= this.known)) return false;
    if (this.isBranch && !said.path.includes(base)) return false;
    if (said.seq > this.known || this.gone.has(said.seq)) return !this.come.has(said.seq) || this.gone.has(said.seq);
    const parent = this.parentOf(said);
    return Boolean(parent) && !PART.test(location.search) && !moreBelow(this.section, parent);
  }

  countBelow(said, by) {
    const waiting = said.path.slice(0, -1).flatMap((seq) => this.waiting.get(seq)?.row ?? []);
    for (const row of [...this.above(said), ...waiting]) countBelow(row, by);
  }

  countFresh(said, by) {
    this.fresh += by;
    if (by) for (const row of this.above(said)) countNewBelow(row, by);
  }

  update(said) {
    const row = rowOf(said.id) ?? this.waiting.get(said.seq)?.row;
    const number = row && part(row, ".acts > .score");
    if (number) number.textContent = signed(said.score);
    if (!row || !said.html) return;
    const [wasNews, made] = [isNews(row), rowFrom(said.html)];
    this.held.delete(row);
    // Selected words stay until the selection ends, unless they were removed.
    if (getSelection().isCollapsed || !getSelection().containsNode(row, true) || made.matches(".is-gone")) rewrite(row, made);
    else this.held.set(row, made);
    if (row.isConnected && said.seq > 1) this.countFresh(said, isNews(row) - wasNews);
  }

  release() {
    for (const [row, made] of this.held) rewrite(row, made);
    this.held.clear();
  }

  /** Adds a new comment. Call it for parents first. */
  arrive(said) {
    this.come.add(said.seq);
    this.gone.delete(said.seq);
    if (rowOf(said.id)) return; // the reader's own, from the answer to the form
    const isOwn = said.by === this.reader;
    if (this.parentOf(said) || this.waiting.has(said.path.at(-2))) {
      this.waiting.set(said.seq, { said, row: rowFrom(said.html) });
      if (isOwn) this.show(said.path.filter((seq) => this.waiting.has(seq)));
    } else {
      countMore(this.section, this.nearest(said), 1);
      if (!isOwn && !this.ignored.has(said.by)) this.countFresh(said, 1);
    }
  }

  vanish(said) {
    if (this.gone.has(said.seq) || (said.seq > this.known && !this.come.has(said.seq))) return;
    this.gone.add(said.seq);
    this.countBelow(said, -1);
    const row = this.rows.get(said.seq);
    if (row && isNews(row)) this.countFresh(said, -1);
    if (row) remove(row);
    else if (!this.waiting.delete(said.seq)) countMore(this.section, this.nearest(said), -1);
  }

  // --- Showing comments -----------------------------------------------------------------------------

  /** Maps the nearest shown row (at last the opening) to the seqs of the waiting comments below it that count as new. */
  branches() {
    const found = new Map();
    for (const [seq, { said, row }] of this.waiting) {
      if (this.ignored.has(said.by) || row.matches(".is-gone")) continue;
      const near = this.above(said).at(-1) ?? part(this.section, ".opening");
      found.set(near, [...(found.get(near) ?? []), seq]);
    }
    return found;
  }

  /** Shows the waiting comments with these seqs. Returns their rows, the oldest first. */
  show(seqs) {
    return [...seqs].sort((one, other) => one - other).flatMap((seq) => {
      const { said, row } = this.waiting.get(seq);
      this.waiting.delete(seq);
      if (!this.parentOf(said)) return [];
      place(row, this.parentOf(said), this.section.dataset.sort === "new");
      this.rows.set(seq, row);
      this.shown.push(seq);
      row.classList.add(said.by === this.reader ? "is-mine" : "is-new");
      if (this.ignored.has(said.by)) ignore(row);
      if (isNews(row)) this.countFresh(said, 1);
      return [row];
    });
  }

  /** The highest seq up to which the reader has been shown everything. */
  get shownUpTo() {
    return Math.min(this.last, ...[...this.branches().values()].flat().map((seq) => seq - 1));
  }
}
