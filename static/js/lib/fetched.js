import { readers } from "./live.js";

const STALE = 1100; // milliseconds for which a page that visitors share may be old
const SPREAD = 2000; // not everybody asks in the same instant
const EACH = 5; // nor in the same seconds, where many read: two hundred ask in one

/** For how many milliseconds those who read this topic have to spread, when something leads all of them to ask. */
export const spread = () => Math.max(SPREAD, readers * EACH);

/** This page as it is after something has happened on it; null when it is not to be had. */
export async function pageAnew() {
  await new Promise((resolve) => setTimeout(resolve, STALE + Math.random() * spread()));
  return page(location.href).catch(() => null);
}

/** Another page of this site, parsed but not shown. Throws when it is not there. */
export async function page(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(`answer ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
