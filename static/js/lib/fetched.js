// Fetching pages of this site to take parts from.
import { readers } from "./live.js";
import { ignoreFailedRequest, Refused, request } from "./request.js";

const STALE = 1100; // milliseconds: the greatest age of a page that visitors share
const SPREAD = 2000; // milliseconds over which the requests of a few readers are spread
const EACH = 5; // milliseconds added for each reader, so that at most two hundred send a request in one second

/** Milliseconds over which the readers of this topic spread their requests when one event makes all of them send one. */
export const spread = () => Math.max(SPREAD, readers * EACH);

/** Fetches this page again after a change. Returns null when that fails. */
export async function pageAnew() {
  await new Promise((resolve) => setTimeout(resolve, STALE + Math.random() * spread()));
  return (await page(location.href).catch(ignoreFailedRequest)) ?? null;
}

/** Fetches and parses a page of this site without showing it. Throws NoConnection or Refused. */
export async function page(address) {
  const answer = await request(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Refused("That page could not be loaded.");
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
