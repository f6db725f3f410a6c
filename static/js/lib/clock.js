// The server's clock, because the browser's may be wrong. Each page says in a header when it was sent.
const [page] = performance.getEntriesByType("navigation");
const sent = page?.serverTiming?.find(({ name }) => name === "now")?.duration;
const ahead = sent ? sent + performance.now() - page.responseStart - Date.now() : 0;

/** Returns the milliseconds since 1970. */
export const now = () => Date.now() + ahead;
