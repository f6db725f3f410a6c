// Adds a toolbar with keys above the text, sends on Ctrl+Enter, and shows how many characters are left.
import { continueList } from "../lib/lists.js";
import { make, makeButton } from "../lib/make.js";
import { tools } from "../lib/tools.js";

const LONGEST = 40000;
const WORTH_SAYING = 2000;

const sprite = () => document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0];

function button([icon, name, act, key], area) {
  const made = makeButton("");
  made.title = key ? `${name} (Ctrl+${key.toUpperCase()})` : name;
  made.ariaLabel = name;
  made.tabIndex = -1;
  made.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${sprite()}#${icon}"/></svg>`;
  made.addEventListener("click", () => act(area));
  return made;
}

/** Makes the bar one stop of the Tab key. Arrows, Home and End move along it. */
function rove(bar) {
  const buttons = [...bar.children];
  buttons[0].tabIndex = 0;
  bar.addEventListener("keydown", (event) => {
    const here = buttons.indexOf(document.activeElement);
    const rightwards = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
    const there = { ArrowRight: here + rightwards, ArrowLeft: here - rightwards, Home: 0, End: -1 }[event.key];
    if (there === undefined) return;
    event.preventDefault();
    buttons[here].tabIndex = -1;
    const next = buttons.at(there % buttons.length);
    next.tabIndex = 0;
    next.focus();
  });
}

/** Shows how many characters are left when they are few, and marks a text that is too long as invalid. */
function count(area, output) {
  const isFar = area.value.length < LONGEST - WORTH_SAYING;
  const left = LONGEST - (isFar ? area.value : [...area.value]).length; // the server counts an emoji once
  output.hidden = left > WORTH_SAYING;
  output.value = output.hidden ? "" : left < 0 ? `${-left} characters too many` : `${left} characters left`;
  area.setCustomValidity(left < 0 ? `This text is too long by ${-left} characters. At most ${LONGEST} are possible.` : "");
}

/** Uploads files that are chosen, pasted into the text or dropped on it. */
function takePictures(form, area) {
  const take = (event, files) => {
    if (!files?.length) return;
    event.preventDefault();
    const chosen = [...files];
    import("../lib/pictures.js").then(({ upload }) => upload(form, chosen));
  };
  form.elements.picture?.addEventListener("change", (event) => take(event, event.target.files));
  area.addEventListener("paste", (event) => take(event, event.clipboardData.files));
  area.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
  area.addEventListener("drop", (event) => take(event, event.dataTransfer.files));
}

export function start(form) {
  const area = form.elements.body;
  takePictures(form, area);
  const toolbar = make("div", "toolbar");
  toolbar.innerHTML = '<div role="toolbar" aria-label="Formatting"></div>';
  toolbar.firstChild.append(...tools.map((tool) => button(tool, area)));
  rove(toolbar.firstChild);
  form.querySelector(".frame").prepend(toolbar);
  const output = make("output", "help");
  form.querySelector(".frame").after(output);
  area.addEventListener("input", () => count(area, output));
  count(area, output);
  form.addEventListener("keydown", (event) => {
    // On the form, after the list of names has had its chance to take the Enter key.
    if (event.target !== area || event.key !== "Enter" || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (continueList(area)) event.preventDefault();
  });
  area.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
    const tool = tools.find(([, , , key]) => key && key === event.key.toLowerCase());
    if (!tool && event.key !== "Enter") return;
    event.preventDefault();
    if (tool) tool[2](area);
    else form.requestSubmit();
  });
}
