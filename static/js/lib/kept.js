// The receipt and the key of a member's secret ballot, which they chose to keep in this browser.
const place = (poll) => `folkmoot-ballot-${document.getElementById("act").dataset.member}-${poll}`;

/** Returns {receipt, key}, or null. */
export function kept(poll) {
  try {
    return JSON.parse(localStorage.getItem(place(poll)));
  } catch {
    return null;
  }
}

/** Returns false if the browser forbids it or its storage is full. */
export function keep(poll, ballot) {
  try {
    localStorage.setItem(place(poll), JSON.stringify(ballot));
    return true;
  } catch {
    return false;
  }
}

export function forget(poll) {
  localStorage.removeItem(place(poll));
}
