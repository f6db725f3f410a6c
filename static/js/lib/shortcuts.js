// Whether keys without a modifier act, in this browser. They can be pressed by mistake, for example by voice control.
import { read, write } from "./storage.js";

const KEY = "shortcuts";

export const areOn = () => read(KEY) !== false;

export const turn = (isOn) => write(KEY, isOn);
