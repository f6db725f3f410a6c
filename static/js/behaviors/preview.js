// Replaces the preview button by two tabs: the text, and its preview.
import { make, makeButton } from "../lib/make.js";
import { post } from "../lib/post.js";
import { ignoreFailedRequest } from "../lib/request.js";

const FAILED = "The preview could not be loaded. Your text is still here.";

function tab(name, panel) {
  const made = makeButton("", name);
  made.role = "tab";
  panel.id ||= `preview-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  made.setAttribute("aria-controls", panel.id);
  return made;
}

async function rendered(form) {
  if (!form.elements.body.value.trim()) return "<p>There is nothing to show yet.</p>";
  const answer = await post(form.dataset.previewUrl, new FormData(form), "text/x-piece");
  if (answer.ok) return answer.text();
  const isSentence = answer.headers.get("Content-Type")?.startsWith("text/plain");
  return make("p", "", isSentence ? await answer.text() : FAILED).outerHTML;
}

export function start(form) {
  const area = form.elements.body;
  const panel = make("div", "preview prose");
  panel.role = "tabpanel";
  panel.tabIndex = 0;
  panel.hidden = true;
  panel.dataset.behavior = "spoiler";
  area.after(panel);
  const tabs = [tab("Write", area), tab("Preview", panel)];
  panel.ariaLabel = "Preview";

  function mark(isPreview) {
    tabs.forEach((one, place) => {
      one.ariaSelected = place === Number(isPreview);
      one.tabIndex = place === Number(isPreview) ? 0 : -1;
    });
  }

  async function choose(isPreview) {
    mark(isPreview);
    area.hidden = isPreview;
    panel.hidden = !isPreview;
    if (!isPreview) return area.focus();
    panel.ariaBusy = true;
    panel.innerHTML = (await rendered(form).catch(ignoreFailedRequest)) ?? `<p>${FAILED}</p>`;
    panel.ariaBusy = null;
  }

  tabs.forEach((one, place) => one.addEventListener("click", () => choose(place === 1)));
  const bar = make("div", "apart", ...tabs);
  bar.role = "tablist";
  bar.ariaLabel = "Write or preview";
  bar.addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    tabs.find((one) => one !== document.activeElement).focus();
  });
  mark(false);
  form.querySelector(".toolbar").append(bar);
  // The person must see the text that the browser refuses.
  area.addEventListener("invalid", () => choose(false));
  form.addEventListener("posted", () => panel.hidden || choose(false));
  form.querySelector("button[data-preview]")?.remove();
}
