// The realm of a script: the language, with the host's recorded time and randomness behind it, and
// nothing else.
import { api } from "./api.js";

/** Globals of the engine that are no part of the language or that would do nothing here. */
const REMOVED = ["queueMicrotask", "WeakRef", "FinalizationRegistry", "DOMException", "__cqjs", "wit"];

export function installGlobals() {
  const { log, clock, random } = api;
  for (const name of REMOVED) delete globalThis[name];
  define("console", { log: log.info, info: log.info, debug: log.debug, warn: log.warn, error: log.error });
  define("performance", { now: () => clock.monotonic() / 1e6 });
  Math.random = random.number;
  replaceDate(clock.now);
}

function define(name, value) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
}

/** `Date` without arguments asks the host; with arguments it is the engine's own. */
function replaceDate(now) {
  const Native = Date;
  function RecordedDate(...args) {
    if (new.target === undefined) return new Native(now()).toString();
    return Reflect.construct(Native, args.length === 0 ? [now()] : args, new.target);
  }
  Object.defineProperty(RecordedDate, "name", { value: "Date", configurable: true });
  Object.defineProperty(RecordedDate, "length", { value: 7, configurable: true });
  RecordedDate.now = now;
  RecordedDate.parse = Native.parse;
  RecordedDate.UTC = Native.UTC;
  for (const key of ["now", "parse", "UTC"]) Object.defineProperty(RecordedDate, key, { enumerable: false });
  Object.defineProperty(RecordedDate, "prototype", { value: Native.prototype, writable: false });
  Object.defineProperty(Native.prototype, "constructor", {
    value: RecordedDate,
    writable: true,
    configurable: true,
    enumerable: false,
  });
  define("Date", RecordedDate);
}
