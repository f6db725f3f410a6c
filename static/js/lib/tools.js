// The tools of the composer. Each changes the selected text.
import { insert } from "./insert.js";

const selected = (area) => area.value.slice(area.selectionStart, area.selectionEnd);

/** Returns whether the caret stands before the mark that ends what it is in, as after typing in bold. */
function isAtEnd(area, mark) {
  const { selectionStart: caret, selectionEnd, value } = area;
  const line = value.slice(value.lastIndexOf("\n", caret - 1) + 1, caret);
  const without = (text) => (mark === "*" ? text.replaceAll("**", "") : text); // bold is not italic
  const follows = without(/^[*]+/.exec(value.slice(caret))?.[0] ?? value.slice(caret)).startsWith(mark);
  return caret === selectionEnd && follows && without(line).split(mark).length % 2 === 0;
}

/** Puts marks around the selection, or removes them if they are there. At the end of marked text, goes on behind it. */
function around(mark) {
  return (area) => {
    const { selectionStart: from, selectionEnd: to, value } = area;
    const text = selected(area);
    if (isAtEnd(area, mark) && value.slice(from - mark.length, from) !== mark) return area.setSelectionRange(to + mark.length, to + mark.length);
    const marked = value.slice(from - mark.length, from) === mark && value.slice(to, to + mark.length) === mark;
    if (marked) insert(area, text, from - mark.length, to + mark.length);
    else insert(area, mark + text + mark, from, to);
    const begin = from + (marked ? -mark.length : mark.length);
    area.setSelectionRange(begin, begin + text.length);
  };
}

/** Puts the prefix before each line that the selection touches, or removes it if all lines have it. */
function before(prefix) {
  return (area) => {
    const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const end = area.value.indexOf("\n", area.selectionEnd);
    const to = end < 0 ? area.value.length : end;
    const lines = area.value.slice(from, to).split("\n");
    const marked = lines.every((line) => line.startsWith(prefix));
    const changed = lines.map((line) => (marked ? line.slice(prefix.length) : prefix + line)).join("\n");
    insert(area, changed, from, to);
    if (lines.length > 1) area.setSelectionRange(from, from + changed.length);
  };
}

const byLength = (short, long) => (area) => (selected(area).includes("\n") ? long : short)(area);

function fence(area) {
  insert(area, `\`\`\`\n${selected(area)}\n\`\`\`\n`);
}

/** Makes a selected address the target, or selected words the label. The caret goes to the missing part. */
function link(area) {
  const from = area.selectionStart;
  const text = selected(area);
  const isAddress = /^https?:\/\/\S+$/.test(text);
  insert(area, isAddress ? `[](${text})` : `[${text}](https://)`);
  if (isAddress) area.setSelectionRange(from + 1, from + 1);
  else area.setSelectionRange(from + text.length + 3, from + text.length + 11);
}

/** Each tool: icon, name, function and its key with Ctrl or Cmd. */
export const tools = [
  ["bold", "Bold", around("**"), "b"],
  ["italic", "Italic", around("*"), "i"],
  ["strike", "Strike through", around("~~")],
  ["link", "Link", link, "k"],
  ["quote", "Quote", before("> ")],
  ["code", "Code", byLength(around("`"), fence)],
  ["list", "List", before("- ")],
  ["numbers", "Numbered list", before("1. ")],
  ["task", "Task list", before("- [ ] ")],
  ["spoiler", "Spoiler", byLength(around("||"), before(">! "))],
];
