import { deepEqual, equal, notEqual, ok, rejects, throws } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import {
  component,
  coreExporting,
  coreImporting,
  externName,
  section,
  text,
  vector,
} from "../../tests/guests/component_bytes.ts";
import { instantiateHere } from "../../tests/guests/instantiate.ts";
import type { CacheFolder } from "./cache.ts";
import { ComponentError } from "./component_error.ts";
import { loadComponent, type LoadOptions, newComponentCache } from "./load_component.ts";

async function guest(name: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(new URL(`../../tests/guests/${name}.wasm`, import.meta.url)));
}

const plain: LoadOptions = { limit: (bytes) => bytes, cacheVersion: "test" };

/** A folder in memory that counts. */
function memoryFolder() {
  const files = new Map<string, Uint8Array>();
  const counts = { reads: 0, writes: 0 };
  const folder: CacheFolder = {
    read(name) {
      counts.reads += 1;
      return Promise.resolve(files.get(name));
    },
    write(name, bytes) {
      counts.writes += 1;
      files.set(name, bytes);
      return Promise.resolve();
    },
  };
  return { files, counts, folder };
}

/** A `limit` that counts how often it is called. */
function counted() {
  const count = { calls: 0 };
  const limit = (bytes: Uint8Array) => {
    count.calls += 1;
    return bytes;
  };
  return { count, limit };
}

interface Actor {
  init(params: string): string;
  handle(state: string, message: string): [string, string];
}

async function counter(): Promise<{ actor: Actor; lines: string[] }> {
  const lines: string[] = [];
  const log = { write: (level: string, line: string) => void lines.push(`${level} ${line}`) };
  const loaded = await loadComponent(await guest("counter"), plain);
  const actor = await instantiateHere(loaded, { "theater:actor/log": log }, "theater:actor/actor@0.1.0");
  return { actor: actor as Actor, lines };
}

test("loadComponent() gives a counter that counts and logs", async () => {
  const { actor, lines } = await counter();
  let state = actor.init("null");
  equal(state, "0");
  for (let count = 1; count <= 12; count += 1) {
    const [next, response] = actor.handle(state, `{"n":${count}}`);
    deepEqual([next, response], [`${count}`, `${count}`]);
    state = next;
  }
  equal(lines.length, 12);
  equal(lines[11], 'info {"n":12}');
  // More than the memory has at first.
  deepEqual(actor.handle("99", `"${"x".repeat(300_000)}"`), ["100", "100"]);
});

test("loadComponent() gives a counter that refuses and traps when it is told to", async () => {
  const { actor } = await counter();
  throws(() => actor.handle("0", '"err"'), (error) => error === "refused");
  deepEqual(actor.handle("0", '"again"'), ["1", "1"]);
  throws(() => actor.handle("0", '"trap"'), WebAssembly.RuntimeError);
  throws(() => actor.handle("0", '"again"'), WebAssembly.RuntimeError); // An instance that has trapped is over.
});

test("loadComponent() gives a guest that hands values on", async () => {
  class Blob {
    bytes: number[];
    constructor(bytes: Uint8Array) {
      this.bytes = [...bytes];
    }
    size() {
      return this.bytes.length;
    }
    append(bytes: Uint8Array) {
      this.bytes.push(...bytes);
    }
    static join(first: Blob, second: Blob) {
      return new Blob(Uint8Array.from([...first.bytes, ...second.bytes]));
    }
  }
  const loaded = await loadComponent(await guest("values"), plain);
  const camel = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const echo: Record<string, unknown> = { Blob, look: (blob: Blob) => blob.size() };
  const [item] = loaded.type.imports;
  ok(item?.kind === "instance");
  for (const name of item.functions.keys()) {
    if (name.startsWith("echo-")) {
      echo[camel(name)] = (...args: unknown[]) => args.length > 1 ? args : args[0];
    }
  }
  const exported = await instantiateHere(loaded, { "test:values/echo": echo }, "test:values/run@0.1.0");
  const run = exported as Record<string, (...args: unknown[]) => unknown>;
  const same: readonly (readonly [name: string, value: unknown])[] = [
    ["echo-u64", 2n ** 64n - 1n],
    ["echo-f64", -0],
    ["echo-char", "\u{1f600}"],
    ["echo-char", "\u0000"],
    // A byte order mark is part of the text.
    ["echo-string", "\ufeff\u0000é\u{1f600}"],
    ["echo-bytes", Uint8Array.of(1, 2, 255)],
    ["echo-nested-option", { tag: "some", val: undefined }],
    ["echo-three-options", { tag: "some", val: "x" }],
    ["echo-shape", { tag: "pair", val: [1, 2n] }],
    ["echo-color", "deep-blue"],
    ["echo-results", [{ tag: "ok", val: undefined }, { tag: "err", val: { tag: "nothing" } }]],
  ];
  for (const [name, value] of same) deepEqual(run[camel(name)]?.(value), value, name);
  deepEqual(run["workBlob"]?.(Uint8Array.of(1, 2, 3)), [3, 6, 6, 9]);
});

const folderVersions:
  readonly (readonly [name: string, change: Partial<LoadOptions>, bytes: "same" | "other"])[] = [
    ["other settings", { cacheVersion: "other" }, "same"],
    ["another component", {}, "other"],
  ];
for (const [name, change, bytes] of folderVersions) {
  test(`loadComponent() takes nothing from a cache for ${name}`, async () => {
    const { counts, folder } = memoryFolder();
    const { count, limit } = counted();
    const cache = newComponentCache({ folder });
    await loadComponent(await guest("counter"), { ...plain, limit, cache });
    equal(count.calls, 3);
    await loadComponent(await guest(bytes === "same" ? "counter" : "values"), {
      ...plain,
      limit,
      cache,
      ...change,
    });
    equal(count.calls, 6);
    equal(counts.writes, 2);
  });
}

test("loadComponent() takes what it knows from memory, and from the folder when that is new", async () => {
  const { counts, folder } = memoryFolder();
  const { count, limit } = counted();
  const bytes = await guest("counter");
  const cache = newComponentCache({ folder });
  const [first, second] = await Promise.all([
    loadComponent(bytes, { ...plain, limit, cache }),
    loadComponent(bytes.slice(), { ...plain, limit, cache }),
  ]);
  equal(first, second);
  equal(await loadComponent(bytes, { ...plain, limit, cache }), first);
  deepEqual(counts, { reads: 1, writes: 1 });
  const again = await loadComponent(bytes, { ...plain, limit, cache: newComponentCache({ folder }) });
  equal(count.calls, 3); // Not called for what came from the folder.
  notEqual(again, first);
  equal(again.glue, first.glue);
  deepEqual(again.type, first.type);
  equal(again.sha256, first.sha256);
  deepEqual(Object.keys(again.modules), Object.keys(first.modules));
});

test("loadComponent() forgets the compiled component that was not used for longest", async () => {
  const [counterBytes, values] = [await guest("counter"), await guest("values")];
  const cache = newComponentCache({ loadedMax: 2 });
  const load = (bytes: Uint8Array, cacheVersion: string) =>
    loadComponent(bytes, { ...plain, cacheVersion, cache });
  const first = await load(counterBytes, "1");
  const second = await load(counterBytes, "2");
  equal(await load(counterBytes, "1"), first);
  await load(values, "1");
  equal(cache.loaded.size, 2);
  equal(await load(counterBytes, "1"), first);
  notEqual(await load(counterBytes, "2"), second);
});

test("loadComponent() takes no damaged entry from the folder, wherever the damage is", async () => {
  const { files, folder } = memoryFolder();
  const bytes = await guest("counter");
  const { glue } = await loadComponent(bytes, { ...plain, cache: newComponentCache({ folder }) });
  const [name] = files.keys();
  ok(name !== undefined);
  const entry = files.get(name);
  ok(entry !== undefined);
  const step = 7001;
  for (let at = 0; at < entry.length; at += at < 100 ? 13 : step) {
    const damaged = entry.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 0x20;
    files.set(name, damaged);
    const { count, limit } = counted();
    const loaded = await loadComponent(bytes, { ...plain, limit, cache: newComponentCache({ folder }) });
    equal(count.calls, 3, `byte ${at} of ${entry.length}`);
    equal(loaded.glue, glue);
  }
  for (const length of [0, 10, 60, entry.length - 1]) {
    files.set(name, entry.slice(0, length));
    const { count, limit } = counted();
    await loadComponent(bytes, { ...plain, limit, cache: newComponentCache({ folder }) });
    equal(count.calls, 3, `${length} bytes`);
  }
  deepEqual(files.get(name), entry); // Written again.
});

test("loadComponent() takes no entry that was written with another secret, or under another name", async () => {
  const { files, folder } = memoryFolder();
  const bytes = await guest("counter");
  const load = async (secret: Uint8Array, cacheVersion = "test") => {
    const { count, limit } = counted();
    await loadComponent(bytes, { limit, cacheVersion, cache: newComponentCache({ folder, secret }) });
    return count.calls;
  };
  equal(await load(Uint8Array.of(1)), 3);
  equal(await load(Uint8Array.of(1)), 0);
  equal(await load(Uint8Array.of(2)), 3);
  const [name] = files.keys();
  const [entry] = files.values();
  ok(name !== undefined && entry !== undefined);
  await load(Uint8Array.of(2), "other");
  for (const other of files.keys()) files.set(other, entry);
  equal(await load(Uint8Array.of(2)), 0);
  equal(await load(Uint8Array.of(2), "other"), 3);
});

test("loadComponent() does without a folder that fails", async () => {
  const fail = () => Promise.reject(new Error("no space"));
  const cache = newComponentCache({ folder: { read: fail, write: fail } });
  const loaded = await loadComponent(await guest("counter"), { ...plain, cache });
  equal(loaded.type.exports.length, 1);
});

test("loadComponent() does not keep a failure", async () => {
  const cache = newComponentCache();
  const bytes = await guest("counter");
  const limit = () => {
    throw new Error("not yet");
  };
  await rejects(loadComponent(bytes, { ...plain, limit, cache }), /not yet/);
  await loadComponent(bytes, { ...plain, cache });
});

test("newComponentCache() refuses a size that is none", () => {
  for (const loadedMax of [-1, 0.5, NaN]) throws(() => newComponentCache({ loadedMax }), RangeError);
});

test("loadComponent() refuses what the decoder refuses, and what only the validator finds", async () => {
  await rejects(
    loadComponent(new TextEncoder().encode("(component)"), plain),
    (error) => error instanceof ComponentError && error.fault.code === "not_a_component",
  );
  // The body of the function does not end.
  const invalid = Uint8Array.from(component(
    section(1, [...coreExporting("run").slice(0, -1), 0xff]),
    section(2, vector([0, 0, 0])),
  ));
  await rejects(
    loadComponent(invalid, plain),
    (error) => error instanceof ComponentError && error.fault.code === "invalid" && error.message.length > 60,
  );
  // The generator goes on after a refusal.
  equal((await loadComponent(await guest("counter"), plain)).type.exports.length, 1);
});

/** A component in which one core module imports from another under this name. */
const joined = (name: string) =>
  Uint8Array.from(component(
    section(1, coreExporting(name)),
    section(1, coreImporting("m", name)),
    section(2, vector([0, 0, 0], [0, 1, ...vector([...text("m"), 0x12, 0])])),
    section(6, vector([0, 0, 1, 1, ...text("run")])),
    section(7, vector([0x40, 0, 1, 0])),
    section(8, vector([0, 0, 0, 0, 0])),
    section(11, vector([...externName("run"), 1, 0, 0])),
  ));

test("loadComponent() refuses names between core modules that would end a text in the glue", async () => {
  const good = await loadComponent(joined("$imports"), plain);
  equal(good.type.exports[0]?.name, "run");
  for (const name of ["x'y", "x\\", "x\ny", "`", "'+import('node:fs')+'"]) {
    await rejects(
      loadComponent(joined(name), plain),
      (error) =>
        error instanceof ComponentError &&
        (error.fault.code === "bad_name" || error.fault.code === "unexpected_output"),
      JSON.stringify(name),
    );
  }
});

test("what came with the program is taken before the folder is looked at, and only as it was written", async () => {
  const { files, folder } = memoryFolder();
  const bytes = await guest("counter");
  const first = await loadComponent(bytes, { ...plain, cache: newComponentCache({ folder }) });
  const [[name, entry] = ["", new Uint8Array()]] = files;

  const shipped = (asked: string) => Promise.resolve(asked === name ? entry : undefined);
  const { count, limit } = counted();
  const other = memoryFolder();
  const again = await loadComponent(bytes, {
    ...plain,
    limit,
    cache: newComponentCache({ folder: other.folder, shipped }),
  });
  deepEqual([again.glue, again.type], [first.glue, first.type]);
  deepEqual([count.calls, other.counts.reads], [0, 0]);

  const damaged = entry.with(entry.length - 1, (entry.at(-1) ?? 0) ^ 1);
  for (const answer of [() => Promise.resolve(damaged), () => Promise.reject(new Error("unreadable"))]) {
    const made = await loadComponent(bytes, {
      ...plain,
      limit,
      cache: newComponentCache({ shipped: answer }),
    });
    equal(made.glue, first.glue);
  }
  equal(count.calls, 6);
});
