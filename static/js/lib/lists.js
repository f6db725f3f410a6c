// Continues a list or a quote on Enter.
import { insert } from "./insert.js";

const MARKER = /^(\s*)((?:> ?)+)?(?:(?:([-*+])|(\d{1,9})([.)]))( +\[[ xX]\])?( +|$))?/;

/** Begins the next line with the marker of this one, or removes a marker without text. Returns false outside of lists. */
export function continueList(area) {
  const { selectionStart: caret, selectionEnd, value } = area;
  const begin = value.lastIndexOf("\n", caret - 1) + 1;
  const line = value.slice(begin, caret);
  const [marker, indent, quote = "", bullet, number, dot, task, space] = MARKER.exec(line);
  const isList = bullet || number;
  const isInCode = value.slice(0, begin).match(/^ *```/gm)?.length % 2 === 1;
  if (caret !== selectionEnd || isInCode || !(isList ? space : quote)) return false;
  if (marker === line && /^\s*$/.test(value.slice(caret).split("\n", 1)[0])) insert(area, "", begin, caret);
  else insert(area, `\n${indent}${quote}${isList ? (bullet ?? Number(number) + 1 + dot) + (task ? " [ ]" : "") + " " : ""}`);
  return true;
}
