/**
 * Replaces the selection, or `from` to `to`, by the text as if it was typed: it can be undone and fires "input".
 * setRangeText would break Ctrl+Z, so it is only for browsers without the command.
 */
export function insert(area, text, from = area.selectionStart, to = area.selectionEnd) {
  area.focus();
  area.setSelectionRange(from, to);
  if (document.execCommand(text ? "insertText" : "delete", false, text)) return;
  area.setRangeText(text, from, to, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
