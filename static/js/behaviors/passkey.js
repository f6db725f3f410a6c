// Says why a passkey could not be used or made. allauth's own scripts only write it to the console.
const SENTENCES = {
  NotAllowedError: "Nothing was done: it was cancelled, took too long, or this device has no passkey for this site. You can try again.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys do not work at this address. Open the site by its name.",
};
const FAILED = "The passkey could not be used. Reload the page and try again.";
const LOCAL = ["127.0.0.1", "[::1]"];

function sentence(error) {
  if (LOCAL.includes(location.hostname)) return `Passkeys do not work at ${location.host}. Open http://localhost:${location.port} instead.`;
  if (!isSecureContext) return "Passkeys work only over HTTPS.";
  return SENTENCES[error.name] ?? FAILED;
}

export function start(notice) {
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    notice.textContent = sentence(event.detail.exception);
    notice.hidden = false;
    notice.scrollIntoView({ block: "nearest" });
  });
}
