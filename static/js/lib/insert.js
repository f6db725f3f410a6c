/**
 * Puts text in the place of what is selected (or of `from` to `to`), as if typed: it can be undone, and the form hears of it.
 * setRangeText would lose what Ctrl+Z goes back to, so it is only for browsers without the command.
 */
export function insert(area, text, from = area.selectionStart, to = area.selectionEnd) {
  area.focus();
  area.setSelectionRange(from, to);
  if (document.execCommand(text ? "insertText" : "delete", false, text)) return;
  area.setRangeText(text, from, to, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
