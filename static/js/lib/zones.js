// Time zones: the browser's own, and the one in which this page shows times. A member has chosen it, a visitor sees their own.

/** Returns the browser's name of a zone, because some have two names. Undefined for a zone that it does not know. */
function known(timeZone) {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

export const here = known();
export const chosen = document.documentElement.dataset.zone;
export const shown = known(chosen) ?? here;
