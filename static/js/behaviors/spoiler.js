// Keeps an opened spoiler open. Without this module it is shown while it has the focus.

function toggle(spoiler) {
  spoiler.classList.toggle("is-shown");
}

export function start(section) {
  section.addEventListener("click", (event) => {
    const spoiler = event.target.closest("span.spoiler");
    if (!spoiler || !getSelection().isCollapsed) return;
    const isLink = event.target.closest("a");
    if (isLink && spoiler.classList.contains("is-shown")) return;
    if (isLink) event.preventDefault();
    toggle(spoiler);
  });
  section.addEventListener("keydown", (event) => {
    if (!event.target.matches("span.spoiler") || !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    toggle(event.target);
  });
}
