import { blankLiterals } from "./blank_literals.ts";
import { ComponentError } from "./component_error.ts";

/**
 * The JavaScript that jco writes around the core modules, made fit for a sealed
 * worker: what it does not need is out of its reach, and what would make a run
 * differ from its replay is gone.
 */

/** Of these edits; part of what shapes an execution, so it is recorded. Changes with any of them. */
export const glueVersion = 1;

/**
 * The globals that the glue uses beside those of ECMAScript itself. All others
 * may be taken away before it is loaded.
 */
export const glueGlobals: readonly string[] = ["TextDecoder", "TextEncoder", "WebAssembly"];

/** Largest glue, in characters. The script component's has 250,000. */
export const glueLengthMax = 32 * 1024 * 1024;

/** Names of the host's world that the glue does not get to see, even where they exist. */
const hidden = [
  "Bun",
  "Deno",
  "Function",
  "SharedArrayBuffer",
  "Worker",
  "WebSocket",
  "XMLHttpRequest",
  "clearInterval",
  "clearTimeout",
  "crypto",
  "fetch",
  "indexedDB",
  "localStorage",
  "navigator",
  "performance",
  "postMessage",
  "process",
  "require",
  "self",
];

/** What stands before the glue, in the scope of its module. */
const preamble = `const ${hidden.map((name) => `${name} = undefined`).join(", ")};
const globalThis = Object.freeze({ WebAssembly });
const console = Object.freeze({ debug() {}, error() {}, log() {}, warn() {} });
const waiting = () => { throw new Error("Cannot wait in a synchronous component"); };
const queueMicrotask = waiting, setTimeout = waiting, setInterval = waiting;
`;

function unexpected(wanted: string, got: string): never {
  throw new ComponentError({ code: "unexpected_output", wanted, got });
}

/** Replaces `from` where it stands; the number of places must be one of `places`. */
function replace(text: string, from: string, to: string, places: readonly number[]): string {
  const parts = text.split(from);
  if (!places.includes(parts.length - 1)) {
    unexpected(
      `${places.join(" or ")} of ${JSON.stringify(from.slice(0, 60))} in the glue`,
      `${parts.length - 1}`,
    );
  }
  return parts.join(to);
}

/**
 * Edits the glue and checks it.
 *
 * - Debug output, asked for by an environment variable on every call, is taken out.
 * - Text from the guest that is not valid is a trap, as the component model wants, not U+FFFD; a byte
 *   order mark is part of the text.
 * - A handle that the host forgets is not dropped by the garbage collector, which runs at another
 *   moment each time; it is dropped with the instance.
 * - Timers and microtasks, which only asynchronous calls use, throw.
 *
 * @throws {ComponentError} `unexpected_output` where a place to edit is gone, or the glue loads or compiles code.
 */
export function editGlue(generated: string): string {
  if (generated.length > glueLengthMax) {
    throw new ComponentError({
      code: "too_large",
      what: "characters of generated code",
      max: glueLengthMax,
      got: generated.length,
    });
  }
  let text = generated;
  text = text.replace(/^"use components";\n/, "");
  const debug =
    /^ *if \(!globalThis\?\.process\?\.env\?\.JCO_DEBUG\) \{ return; \}\n *console\.debug\(\.\.\.args\);\n/m;
  if (!debug.test(text)) unexpected("the debug output of jco in the glue", "none");
  text = text.replace(debug, "");
  const strict = "{ fatal: true, ignoreBOM: true }";
  text = replace(text, "new TextDecoder()", `new TextDecoder("utf-8", ${strict})`, [0, 1]);
  text = replace(text, "new TextDecoder('utf-16')", `new TextDecoder("utf-16", ${strict})`, [0, 1]);
  const registry =
    /if \(typeof FinalizationRegistry === 'undefined'\) \{\s*return \{ unregister \(\) \{\} \};\s*\}\s*return new FinalizationRegistry\(unregister\);/;
  text = text.replace(registry, "return { register() {}, unregister() {} };");
  text = replace(text, "export const _util = {\n  \n}\n", "", [1]);
  checkGlue(text);
  return preamble + text;
}

/**
 * Refuses glue that could load or compile code. Names were checked before, so
 * this finds mistakes of ours or of jco's, not an attack.
 */
function checkGlue(text: string): void {
  const code = blankLiterals(text);
  if (code === undefined) return unexpected("glue whose texts and comments end", "one that does not");
  if (!code.startsWith("export function instantiate(getCoreModule, imports, instantiateCore = ")) {
    unexpected("glue that begins with the function instantiate", JSON.stringify(text.slice(0, 60)));
  }
  const rest = code.slice("export ".length);
  // A member or a property of such a name is harmless, and the interface of a component may have one.
  const found = rest.match(
    /(?<![.\w$#])(?:import|export|eval|FinalizationRegistry|importScripts)(?![\w$]|\s*:)/,
  );
  if (found !== null) {
    const line = rest.slice(0, found.index).split("\n").length;
    unexpected("glue that loads no code", `"${found[0]}" in line ${line}`);
  }
  if (/JCO_DEBUG|import\.meta|\bnew Function\b/.test(code)) {
    unexpected("glue that loads no code", "import.meta or the like");
  }
}
