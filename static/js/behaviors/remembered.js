// Fills in the key or the receipt of a secret ballot, if its voter let this browser remember it.
import { kept } from "../lib/kept.js";

export function start(field) {
  field.querySelector("input").value ||= kept(field.dataset.poll)?.[field.dataset.kept] ?? "";
}
