/** Shows a sentence at the foot of the page, spoken too, for some seconds. */
export function say(text, kind = "info") {
  const notice = document.createElement("p");
  notice.className = `notice ${kind}`;
  notice.textContent = text;
  document.querySelector(".notices").append(notice);
  setTimeout(() => notice.remove(), 6000);
}
