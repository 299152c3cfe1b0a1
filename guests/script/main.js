// The script component: an actor whose behaviour is a JavaScript text that the host hands to it.
//
// The top level of these modules runs when the component is built, and what it leaves behind is frozen
// into the component: no import may be called here. The source is asked for in `start`.
import source from "theater:script/source@0.1.0";
import { api, Refusal } from "./api.js";
import { installGlobals } from "./globals.js";
import { stringify } from "./json.js";
import { crashText } from "./trace.js";

const parse = JSON.parse;
const isArray = Array.isArray;
const evaluate = globalThis.eval;

installGlobals();

/** The exports of the script; null until `start`. */
let exported = null;
/** The source text; kept for the line table at its end, which is read when the script crashes. */
let text = "";

function load() {
  text = source.load();
  // Nothing but the parameter list stands before the source on its first line, so the line numbers
  // that the engine reports are those of the source.
  const exports = evaluate("(function(theater){" + text + "\n})")(api);
  if (typeof exports?.handle !== "function") {
    throw new TypeError("A script must export a function handle(state, message)");
  }
  if (exports.init !== undefined && typeof exports.init !== "function") {
    throw new TypeError("The export init must be a function init(params)");
  }
  if (exports.migrate !== undefined && typeof exports.migrate !== "function") {
    throw new TypeError("The export migrate must be a function migrate(state)");
  }
  exported = { init: exports.init, handle: exports.handle, migrate: exports.migrate };
}

/** Ends the turn for what went wrong in it: a refusal is an answer, everything else is a crash. */
function fail(error, during) {
  if (error instanceof Refusal) throw String(error.message).toWellFormed();
  crash(error, during);
}

function crash(error, during) {
  source.crash(crashText(error, during, text).toWellFormed());
  // A host returns from `crash` only if it does not keep the contract. A bare number is no error text
  // of the interface, so that throwing it traps.
  throw 0;
}

function notPromise(value, name) {
  if (typeof value?.then !== "function") return;
  throw new TypeError(
    `${name}() returned a promise: a turn ends when ${name}() returns and nothing runs after it, so ${name}() must not be async`,
  );
}

export const script = {
  start() {
    try {
      load();
    } catch (error) {
      crash(error, "start");
    }
  },
};

export const actor = {
  init(params) {
    try {
      const given = parse(params);
      const state = exported.init === undefined ? given ?? {} : exported.init(given);
      notPromise(state, "init");
      return stringify(state, "state");
    } catch (error) {
      fail(error, "init");
    }
  },

  handle(state, message) {
    try {
      const result = exported.handle(parse(state), parse(message));
      if (!isArray(result) || result.length !== 2) {
        notPromise(result, "handle");
        throw new TypeError(
          `handle() must return [state, response], got ${
            isArray(result) ? `an array of ${result.length}` : result === null ? "null" : typeof result
          }`,
        );
      }
      return [stringify(result[0], "state"), stringify(result[1], "response")];
    } catch (error) {
      fail(error, "handle");
    }
  },
};

export const migration = {
  migrate(state) {
    try {
      if (exported.migrate === undefined) {
        throw new Refusal("the script exports no function migrate(state), so it cannot take over a state");
      }
      const migrated = exported.migrate(parse(state));
      notPromise(migrated, "migrate");
      return stringify(migrated, "state");
    } catch (error) {
      fail(error, "migrate");
    }
  },
};
