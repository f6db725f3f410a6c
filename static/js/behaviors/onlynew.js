// "Only new" shows new comments with their ancestors dimmed. A filter of what is on the page; it asks nobody.
export function start(button) {
  const section = document.querySelector(button.dataset.target ?? ".discussion");
  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const isOn = section.classList.toggle("is-only-new");
    button.setAttribute("aria-pressed", isOn);
    button.textContent = isOn ? "Show all" : "Only new";
  });
}
