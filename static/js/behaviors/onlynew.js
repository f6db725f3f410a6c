// "Only new" dims the ancestors of new comments and hides the rest, without a new page where this one holds them all.
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
