// "Only new" dims the ancestors of new comments and hides the rest. It loads a page only if this one lacks some of them.
export function start(link) {
  const section = document.querySelector(".discussion");
  const told = () => parseInt(link.closest(".new-bar").textContent, 10);
  link.addEventListener("click", (event) => {
    if (section.querySelectorAll(".is-new").length < told()) return;
    event.preventDefault();
    const isOn = section.classList.toggle("is-only-new");
    link.textContent = isOn ? "Show all" : "Only new";
  });
}
