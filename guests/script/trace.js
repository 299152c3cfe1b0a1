// What is said about a crash: the error, the author's file and line, and what to do in its place.

/** How the bundler begins the last line of a source: its line table follows, as JSON. */
const TABLE = "\n//# lines=";
const CAUSES_MAX = 4;

const TIMERS = 'use timers.set from "theater", which also survives a restart';
const INSTEAD = {
  setTimeout: TIMERS,
  setInterval: TIMERS,
  setImmediate: TIMERS,
  clearTimeout: 'use timers.cancel from "theater"',
  clearInterval: 'use timers.cancel from "theater"',
  queueMicrotask: "nothing runs after a turn has ended",
  fetch: 'an actor reaches nothing but what it imports from "theater"',
  XMLHttpRequest: 'an actor reaches nothing but what it imports from "theater"',
  WebSocket: 'an actor reaches nothing but what it imports from "theater"',
  process: 'use environment.get from "theater" for variables',
  require: "use import",
  module: "use export",
  exports: "use export",
  crypto: 'use random from "theater"',
  structuredClone: "use JSON.parse(JSON.stringify(value))",
};
const ABSENT = [
  "Deno",
  "Bun",
  "Buffer",
  "window",
  "document",
  "navigator",
  "location",
  "localStorage",
  "Worker",
  "URL",
  "URLSearchParams",
  "TextEncoder",
  "TextDecoder",
  "AbortController",
  "Event",
  "EventTarget",
  "Blob",
  "Intl",
  "WebAssembly",
  "WeakRef",
  "FinalizationRegistry",
  "Headers",
  "Request",
  "Response",
];

/** The whole text of a crash: error, trace, causes. `during` is the export that was called. */
export function crashText(error, during, source) {
  const lines = lineTable(source);
  const seen = [];
  let text = "";
  for (let at = error, i = 0; i <= CAUSES_MAX && !seen.includes(at); i++, at = at.cause) {
    seen.push(at);
    text += (i === 0 ? "" : "\ncaused by ") + describe(at, during, lines);
    if (!(at instanceof Error) || at.cause === undefined) break;
  }
  return text;
}

function describe(error, during, lines) {
  if (!(error instanceof Error)) return `${during}() threw ${show(error)}, which is not an Error`;
  const trace = frames(String(error.stack ?? ""), lines);
  return `${error.name}: ${error.message}${hint(error)}${trace === "" ? "" : `\n${trace}`}`;
}

function show(value) {
  try {
    return typeof value === "string" ? JSON.stringify(value) : JSON.stringify(value) ?? String(value);
  } catch {
    return typeof value;
  }
}

function hint(error) {
  if (error.name !== "ReferenceError") return "";
  const name = /^'?([\w$]+)'? is not defined$/.exec(error.message)?.[1];
  if (name === undefined) return "";
  if (Object.hasOwn(INSTEAD, name)) return `: it is not available in an actor: ${INSTEAD[name]}`;
  if (ABSENT.includes(name)) {
    return ': an actor has the JavaScript language and what it imports from "theater", no more';
  }
  return "";
}

/** The frames of the script, outermost last; those of this component are left out. */
function frames(stack, lines) {
  const kept = [];
  for (const frame of stack.split("\n")) {
    const match = /^\s*at (?:(.*?) )?\(?<input>:(\d+)(?::\d+)?\)?$/.exec(frame);
    if (match === null) continue;
    const [, name, line] = match;
    kept.push(
      `    at ${name === undefined || name === "<anonymous>" ? "" : `${name} `}(${
        place(Number(line), lines)
      })`,
    );
  }
  return kept.join("\n");
}

function place(line, lines) {
  for (const [first, file, origin, size] of lines) {
    if (line >= first && line < first + size) return `${file}:${origin + line - first}`;
  }
  return `source:${line}`;
}

/** Runs of lines that follow each other in the bundled text and in a file: [line, file, line there, size]. */
function lineTable(source) {
  const at = source.lastIndexOf(TABLE);
  if (at < 0) return [];
  try {
    const { files, runs } = JSON.parse(source.slice(at + TABLE.length));
    const table = [];
    for (let i = 0; i + 3 < runs.length; i += 4) {
      table.push([runs[i], files[runs[i + 1]], runs[i + 2], runs[i + 3]]);
    }
    return table;
  } catch {
    return []; // A script that was not made by the bundler: its own lines are the author's.
  }
}
