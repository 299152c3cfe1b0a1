import { deepEqual, equal, throws } from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { JsonTextError, parseJsonPointer } from "../codec/mod.ts";
import { differences, fieldAt, formatPatch, formatPointer, type JsonChange, parseVerbatim } from "./mod.ts";

const between = (before: string, after: string) => differences(parseVerbatim(before), parseVerbatim(after));

/** A small applier of RFC 6902 that shares nothing with the code under test but the tokens of JSON. */
type Plain = string | Plain[] | Map<string, Plain>;

function plain(text: string): Plain {
  const tokens = text.match(/[[\]{},:]|"(?:[^"\\]|\\.)*"|[^\s[\]{},:"]+/gs) ?? [];
  let at = 0;
  const value = (): Plain => {
    const token = tokens[at++] ?? "";
    if (token === "[") {
      const items: Plain[] = [];
      while (tokens[at] !== "]") {
        if (tokens[at] === ",") at++;
        items.push(value());
      }
      at++;
      return items;
    }
    if (token === "{") {
      const members = new Map<string, Plain>();
      while (tokens[at] !== "}") {
        if (tokens[at] === ",") at++;
        const name = JSON.parse(tokens[at] ?? "") as string;
        at += 2;
        members.set(name, value());
      }
      at++;
      return members;
    }
    return token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token;
  };
  return value();
}

function canonical(value: Plain): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const names = [...value.keys()].sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value.get(name) ?? "")}`).join(",")}}`;
}

function applied(text: string, patch: string): string {
  const root: Plain[] = [plain(text)];
  for (const operation of plain(patch) as Map<string, Plain>[]) {
    const path = JSON.parse(operation.get("path") as string) as string;
    const [, ...tokens] = `${path === "" ? "/0" : `/0${path}`}`.split("/").map((token) =>
      token.replaceAll("~1", "/").replaceAll("~0", "~")
    );
    const last = tokens.pop() ?? "";
    let holder: Plain = root;
    for (const token of tokens) {
      const next: Plain | undefined = Array.isArray(holder)
        ? holder[Number(token)]
        : holder instanceof Map
        ? holder.get(token)
        : undefined;
      if (next === undefined) throw new Error(`no ${token} in ${path}`);
      holder = next;
    }
    const op = JSON.parse(operation.get("op") as string) as string;
    const fresh = operation.get("value");
    if (Array.isArray(holder)) {
      const index = Number(last);
      if (index > holder.length || (op !== "add" && index >= holder.length)) {
        throw new Error(`no place ${path}`);
      }
      if (op === "add") holder.splice(index, 0, fresh ?? "");
      else if (op === "remove") holder.splice(index, 1);
      else holder[index] = fresh ?? "";
    } else if (holder instanceof Map) {
      if (op !== "add" && !holder.has(last)) throw new Error(`no member ${path}`);
      if (op === "remove") holder.delete(last);
      else holder.set(last, fresh ?? "");
    } else throw new Error(`no container at ${path}`);
  }
  return canonical(root[0] ?? "");
}

const changed: readonly (readonly [before: string, after: string, changes: readonly JsonChange[]])[] = [
  ["1", "1", []],
  ['{"b":[], "a" : 1}', '{"a":1,"b":[]}', []],
  ['"\\u0041\\/"', '"A/"', []],
  ["null", "{}", [{ change: "replaced", path: [], before: "null", after: "{}" }]],
  ["1", "1.0", [{ change: "replaced", path: [], before: "1", after: "1.0" }]],
  ['{"n":9007199254740993}', '{"n":9007199254740992}', [
    { change: "replaced", path: ["n"], before: "9007199254740993", after: "9007199254740992" },
  ]],
  ['{"a":1,"b":2}', '{"b":3,"c":4}', [
    { change: "removed", path: ["a"], was: ["a"], before: "1" },
    { change: "replaced", path: ["b"], before: "2", after: "3" },
    { change: "added", path: ["c"], after: "4" },
  ]],
  ["[1,2,3,4]", "[2,3,5,4]", [
    { change: "removed", path: ["0"], was: ["0"], before: "1" },
    { change: "added", path: ["2"], after: "5" },
  ]],
  ['[{"x":1},{"x":2}]', '[{"x":1},{"x":3}]', [
    { change: "replaced", path: ["1", "x"], before: "2", after: "3" },
  ]],
  ["[1,2,3]", "[]", [
    { change: "removed", path: ["0"], was: ["0"], before: "1" },
    { change: "removed", path: ["0"], was: ["1"], before: "2" },
    { change: "removed", path: ["0"], was: ["2"], before: "3" },
  ]],
  ['{"__proto__":1}', '{"__proto__":2}', [
    { change: "replaced", path: ["__proto__"], before: "1", after: "2" },
  ]],
  // A name that is there twice: no path tells the two apart.
  ['{"o":{"a":1,"a":2}}', '{"o":{"a":1,"a":3}}', [
    { change: "replaced", path: ["o"], before: '{"a":1,"a":2}', after: '{"a":1,"a":3}' },
  ]],
];

for (const [before, after, changes] of changed) {
  test(`differences() of ${before} and ${after}`, () => deepEqual(between(before, after), changes));
}

test("formatPatch() writes RFC 6902, an operation a line, with escaped paths", () => {
  equal(formatPatch([]), "[]");
  equal(
    formatPatch(between('{"a/b":1,"~":[1],"x":12345678901234567890}', '{"a/b":1.50,"~":[],"y":1e400}')),
    '[\n{"op":"replace","path":"/a~1b","value":1.50},\n{"op":"remove","path":"/~0/0"},\n' +
      '{"op":"remove","path":"/x"},\n{"op":"add","path":"/y","value":1e400}\n]',
  );
});

test("fieldAt() finds what a pointer names, and the last of members of one name", () => {
  const value = parseVerbatim('{"a":[10,{"b":1.0}],"":0,"c":1,"c":2}');
  const at = (pointer: string) => fieldAt(value, parseJsonPointer(pointer))?.text;
  deepEqual(
    ["", "/a/0", "/a/1/b", "/", "/c", "/a/2", "/a/01", "/a/-", "/x/y", "/c/d"].map(at),
    ['{"":0,"a":[10,{"b":1.0}],"c":1,"c":2}', "10", "1.0", "0", "2", ...Array(5).fill(undefined)],
  );
  equal(formatPointer(parseJsonPointer("/a~1b/~0/")), "/a~1b/~0/");
});

test("parseVerbatim() refuses what is no JSON, and what is nested too deep", () => {
  for (const text of ["", "{", "[1,]", "01", '{"a":1}}', "[".repeat(513) + "]".repeat(513)]) {
    throws(() => parseVerbatim(text), JsonTextError, text.slice(0, 20));
  }
  equal(parseVerbatim("[".repeat(512) + "]".repeat(512)).kind, "array");
});

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const scalars = [
  "0",
  "-0",
  "1",
  "1.0",
  "1e2",
  "12345678901234567890",
  "12345678901234567891",
  "true",
  "null",
];
const names = ["a", "b", "a/b", "~1", "", "é", "\u{1f600}", "\\ud800", '\\"', "__proto__"];

function randomJson(random: () => number, depth: number): string {
  const kind = Math.floor(random() * (depth === 0 ? 2 : 5));
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? "";
  const count = Math.floor(random() * 6);
  if (kind === 0) return pick(scalars);
  if (kind === 1) return `"${pick(names)}"`;
  if (kind === 2) {
    const chosen = names.filter(() => random() < 0.4);
    return `{ ${chosen.map((name) => `"${name}" :${randomJson(random, depth - 1)}`).join(", ")}}`;
  }
  return `[${Array.from({ length: count }, () => randomJson(random, depth - 1)).join(" ,")}]`;
}

/** Changes a text a little, so that much of it stays. */
function edited(random: () => number, text: string): string {
  return text.replace(/(?<![\w.])(?:12345678901234567890|1\.0|true|null)(?![\w.])/g, (found) => {
    const chance = random();
    return chance < 0.6 ? found : chance < 0.8 ? "[7, 8]" : "12345678901234567892";
  });
}

test("a patch applied to the one gives the other, to the byte of its canonical form", () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  const random = randomOf(seed);
  for (let round = 0; round < 3000; round++) {
    const before = randomJson(random, 4);
    const after = random() < 0.5 ? edited(random, before) : randomJson(random, 4);
    const changes = between(before, after);
    const patch = formatPatch(changes);
    const where = `seed ${seed}, round ${round}: ${before} to ${after} by ${patch}`;
    JSON.parse(patch);
    equal(applied(before, patch), canonical(plain(after)), where);
    equal(changes.length === 0, canonical(plain(before)) === canonical(plain(after)), where);
    // Where something is said to stand at the end, and to have stood before, it does.
    for (const change of changes) {
      if (change.change === "removed") {
        equal(fieldAt(parseVerbatim(before), change.was)?.text, change.before, where);
      } else equal(fieldAt(parseVerbatim(after), change.path)?.text, change.after, where);
    }
  }
});

test("arrays too long to be aligned are still patched right", () => {
  const before = JSON.stringify(Array.from({ length: 2500 }, (_, k) => k));
  const after = JSON.stringify(Array.from({ length: 2400 }, (_, k) => 2 * k + 1));
  equal(applied(before, formatPatch(between(before, after))), canonical(plain(after)));
});
