// The receipt and the key of a member's secret ballot, which they chose to keep in this browser.
import { read, write } from "./storage.js";

const place = (poll) => `folkmoot-ballot-${document.getElementById("act").dataset.member}-${poll}`;

/** Returns {receipt, key}, or null. */
export const kept = (poll) => read(place(poll));

/** Returns false if the browser forbids it or its storage is full. */
export const keep = (poll, ballot) => write(place(poll), ballot);

export const forget = (poll) => write(place(poll), null);
