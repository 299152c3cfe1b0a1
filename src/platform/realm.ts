/**
 * Names of the language that stay: pure computation, no clock, no randomness,
 * no way to the host, no way to compile text.
 */
const pureNames: readonly string[] = [
  ..."Object Array Number Boolean String Symbol BigInt Promise RegExp Iterator Proxy Reflect JSON Math".split(
    " ",
  ),
  ..."Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError"
    .split(" "),
  ..."Map Set WeakMap WeakSet DisposableStack AsyncDisposableStack".split(" "),
  ..."ArrayBuffer SharedArrayBuffer DataView Atomics WebAssembly TextEncoder TextDecoder".split(" "),
  ..."Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array".split(" "),
  ..."Float16Array Float32Array Float64Array BigInt64Array BigUint64Array".split(" "),
  ..."parseFloat parseInt isFinite isNaN decodeURI decodeURIComponent encodeURI encodeURIComponent".split(
    " ",
  ),
  ..."globalThis Infinity NaN undefined queueMicrotask".split(" "),
];

/**
 * What glue must not replace, as far as it costs nothing. The prototypes of
 * arrays and maps stay open: with them frozen, code full of arrays and maps runs
 * 4 times slower under Bun and 1.5 times under Deno (measured).
 */
const frozen: readonly object[] = [
  JSON,
  Reflect,
  Atomics,
  WebAssembly,
  WebAssembly.Instance.prototype,
  WebAssembly.Memory.prototype,
];

/** A function of one kind, whose constructor would compile text. */
const functionKinds: readonly object[] = [
  function () {},
  async function () {},
  function* () {},
  async function* () {},
].map((sample) => Object.getPrototypeOf(sample));

/** Compiling text into code would bring `import()` back, and with it the host. */
function refuseCompilers(): void {
  for (const prototype of functionKinds) {
    const refuse = function () {
      throw new TypeError("Cannot compile text as the realm is sealed");
    };
    // `f instanceof f.constructor` stays true.
    Object.defineProperty(refuse, "prototype", { value: prototype });
    Object.defineProperty(prototype, "constructor", { value: refuse, writable: false, configurable: false });
  }
}

/**
 * Names that foreign code finds in a sealed realm all the same: Bun does not let
 * us remove `Bun` (whose `fetch` stays) and gives `require` to every module.
 * Foreign code must be loaded with `const Bun = undefined, …` before it.
 */
export const irremovableNames: readonly string[] = ["Bun", "require"];

/** What a realm is left with. */
export interface SealedRealm {
  /** Names that could neither be removed nor emptied, such as `Bun.version`. */
  readonly remaining: readonly string[];
}

/** Empties an object that cannot itself be taken away; returns the names of what stays in it. */
function hollow(value: object): string[] {
  const remaining: string[] = [];
  for (const key of Reflect.ownKeys(value)) {
    if (Reflect.deleteProperty(value, key)) continue;
    if (Reflect.defineProperty(value, key, { value: undefined, writable: false })) continue;
    const inner = Reflect.get(value, key);
    if (typeof inner === "object" && inner !== null && hollow(inner).length === 0) continue;
    if (inner !== undefined) remaining.push(String(key));
  }
  return remaining;
}

/**
 * Empties what the global inherits: ways to listen for messages. Deno's event
 * loop needs `dispatchEvent`, and that the prototypes are there; nobody else
 * has an event to dispatch.
 */
function emptyPrototypes(scope: object): void {
  for (
    let prototype = Object.getPrototypeOf(scope);
    prototype !== null;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    if (prototype === Object.prototype) return;
    for (const key of Reflect.ownKeys(prototype)) {
      if (key !== "dispatchEvent") Reflect.deleteProperty(prototype, key);
    }
  }
}

/**
 * Takes from this thread's global everything that reaches the host, the clock,
 * the network, other threads, randomness or the compiler of text, for good.
 *
 * Modules that were loaded before keep what they imported or captured; whatever
 * is loaded afterwards finds the pure language, WebAssembly and a console that
 * says nothing. `keep` names further globals that must stay, such as those that
 * generated glue code needs.
 *
 * What it cannot take: `import()` and `import.meta` are syntax. Under Deno the
 * modules they reach have no permissions; under Bun they have the rights of the
 * process, so code that holds the word `import` must not be loaded into the
 * thread. Under Bun the object `Bun` stays, as it is read-only, emptied of all
 * but what `remaining` lists: hide the {@linkcode irremovableNames} from foreign code.
 * `globalThis` then names a frozen copy of what is kept, so that the name `Bun`
 * is not found through it.
 */
export function sealRealm(keep: readonly string[] = []): SealedRealm {
  const kept = new Set([...pureNames, ...keep]);
  const scope = globalThis as unknown as Record<string, unknown>;
  const remaining: string[] = [];
  for (const name of Object.getOwnPropertyNames(scope)) {
    if (kept.has(name)) {
      // Some are getters that load what they name at first use: load it, and pin it.
      const descriptor = Object.getOwnPropertyDescriptor(scope, name);
      if (descriptor?.get !== undefined) Object.defineProperty(scope, name, { value: scope[name] });
      continue;
    }
    if (Reflect.deleteProperty(scope, name)) continue;
    const value = scope[name];
    const stays = typeof value === "object" && value !== null ? hollow(value) : [];
    remaining.push(...stays.map((key) => `${name}.${key}`));
  }
  emptyPrototypes(scope);
  if (!kept.has("console")) {
    const silent = () => {};
    const names = ["log", "info", "warn", "error", "debug", "trace"];
    scope["console"] = Object.freeze(Object.fromEntries(names.map((name) => [name, silent])));
  }
  Object.defineProperty(scope, "globalThis", {
    value: Object.freeze(Object.fromEntries([...kept, "console"].map((name) => [name, scope[name]]))),
  });
  Reflect.deleteProperty(Math, "random");
  refuseCompilers();
  for (const object of frozen) Object.freeze(object);
  return { remaining };
}
