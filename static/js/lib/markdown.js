// Writes a part of a comment's HTML as Markdown, for quotes.
const MARKS = { STRONG: "**", EM: "*", S: "~~", CODE: "`" };
const BLOCKS = "P, UL, OL, LI, PRE, BLOCKQUOTE, H3, H4, H5, H6, HR, TABLE, DETAILS, DIV";

const indented = (text, first, rest) => text.split("\n").map((line, place) => (place ? rest : first) + line).join("\n");
const escaped = (text) => text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|~]/g, "\\$&");

function inline(node) {
  if (node.nodeType === Node.TEXT_NODE) return escaped(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  const inside = [...node.childNodes].map(inline).join("");
  if (node.matches("br")) return "\n";
  if (node.matches('img[src$="/moving/"]')) return "";
  if (node.matches("img")) return `![${escaped(node.alt)}](${node.getAttribute("src")})`;
  if (node.matches("a.mention")) return node.textContent;
  if (!inside.trim()) return inside;
  if (node.matches("a")) return node.textContent === node.href ? node.href : `[${inside}](${node.getAttribute("href")})`;
  if (node.matches("span.spoiler")) return `||${inside}||`;
  const mark = MARKS[node.tagName];
  if (node.matches("code")) return mark + node.textContent + mark;
  return mark ? inside.replace(/^(\s*)(.*?)(\s*)$/s, `$1${mark}$2${mark}$3`) : inside;
}

function block(node) {
  if (node.matches("pre")) return `\`\`\`${/language-(\w+)/.exec(node.innerHTML)?.[1] ?? ""}\n${node.textContent.trimEnd()}\n\`\`\``;
  if (node.matches("ul, ol")) {
    let number = node.start ?? 0;
    const items = [...node.children].map((item) => [node.matches("ol") ? `${number++}. ` : "- ", markdown(item)]);
    return items.map(([first, text]) => indented(text, first, " ".repeat(first.length))).join("\n");
  }
  if (node.matches("blockquote")) return indented(markdown(node), "> ", "> ");
  if (node.matches("details.spoiler")) return indented(markdown(node, "summary"), ">! ", ">! ");
  if (node.matches("h3, h4, h5, h6")) return `${"#".repeat(node.tagName[1])} ${inline(node).trim()}`;
  if (node.matches("hr")) return "---";
  if (node.matches("table")) return node.innerText.trim();
  return markdown(node);
}

/** Returns the Markdown of what an element or a fragment contains, without the children that match `omitted`. */
export function markdown(parent, omitted = "input") {
  const parts = [];
  let line = "";
  const flush = () => {
    if (line.trim()) parts.push(line.trim());
    line = "";
  };
  for (const node of parent.childNodes) {
    if (node.nodeType !== Node.ELEMENT_NODE || !node.matches(`${BLOCKS}, ${omitted}`)) line += inline(node);
    else if (node.matches(omitted)) line += node.matches("input") ? (node.checked ? "[x] " : "[ ] ") : "";
    else {
      flush();
      parts.push(block(node));
    }
  }
  flush();
  return parts.join(parent.nodeName === "LI" && !parent.querySelector("p") ? "\n" : "\n\n");
}
