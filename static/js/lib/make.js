/** Makes an element with a class and contents. */
export function make(tag, className, ...inside) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...inside);
  return made;
}

/** Makes a button that does not submit a form. */
export const makeButton = (className, ...inside) => Object.assign(make("button", className, ...inside), { type: "button" });

/** Writes a number with a minus sign instead of a hyphen. */
export const signed = (number) => String(number).replace("-", "\u2212");

/** Parses the server's HTML. Returns a fragment that is not on the page yet. */
export function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
