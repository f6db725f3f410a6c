// Sends script errors to the server, which logs and counts them. Nobody else would see them.
const MOST = 5; // of one page
let sent = 0;

function report(error, place = "") {
  sent += 1;
  if (sent > MOST) return;
  const message = String(error?.message ?? error);
  const body = new URLSearchParams({ message, stack: error?.stack ?? place, page: location.pathname });
  navigator.sendBeacon("/script-errors/", body);
}

export function reportErrors() {
  addEventListener("error", ({ error, message, filename, lineno }) => report(error ?? message, `${filename}:${lineno}`));
  addEventListener("unhandledrejection", ({ reason }) => report(reason));
}
