// Offers a member the time zone of their device, once for each pair of zones.
import { make, makeButton } from "./make.js";
import { read, write } from "./storage.js";

const words = (zone) => zone.replaceAll("_", " ");

export function offer(here, chosen) {
  const key = `zone ${chosen} ${here}`;
  if (read(key)) return;
  const take = make("button", "button small", `Use ${words(here)}`);
  take.setAttribute("form", "act");
  Object.assign(take, { formAction: "/accounts/settings/time-zone/", name: "time_zone", value: here });
  const keep = makeButton("button small quiet", `Keep ${words(chosen)}`);
  const notice = make("div", "notice", make("p", "", `This device is in the time zone ${words(here)}, but you see times in ${words(chosen)}.`), make("div", "button-row", take, keep));
  keep.addEventListener("click", () => {
    write(key, true);
    notice.remove();
  });
  document.getElementById("main").prepend(notice);
}
