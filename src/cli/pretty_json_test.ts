import { test } from "node:test";
import { equal, ok } from "node:assert/strict";
import { prettyJson } from "./pretty_json.ts";

const layouts: readonly (readonly [text: string, columns: number, laidOut: string])[] = [
  ["null", 10, "null"],
  ["{}", 1, "{}"],
  ['{"a":1}', 40, '{"a": 1}'],
  ['{"a":[1,2],"b":"c"}', 12, '{\n  "a": [\n    1,\n    2\n  ],\n  "b": "c"\n}'],
  ['{"a":[1,2],"b":"c"}', 16, '{\n  "a": [1, 2],\n  "b": "c"\n}'],
  [
    '\n{ "a" :\t1e400 ,"a":-0,\r\n"b":12345678901234567890}',
    60,
    '{"a": 1e400, "a": -0, "b": 12345678901234567890}',
  ],
  ['["\\"]}\\\\", "a:b,c"]', 60, '["\\"]}\\\\", "a:b,c"]'],
];

for (const [text, columns, laidOut] of layouts) {
  test(`prettyJson() lays out ${JSON.stringify(text)} in ${columns} columns`, () =>
    equal(prettyJson(text, columns), laidOut));
}

/** Well-formed JSON made from a seed. */
function randomJson(next: (below: number) => number, depth: number): unknown {
  const kind = next(depth > 0 ? 6 : 4);
  if (kind === 0) return next(1_000_000) / 7;
  if (kind === 1) return ["", 'say "hi"', "a,b:{c}", "\\", "東京 👍", "\u0000\n"][next(6)];
  if (kind === 2) return [true, false, null][next(3)];
  if (kind === 3) return -next(100);
  const members = Array.from({ length: next(5) }, () => randomJson(next, depth - 1));
  return kind === 4 ? members : Object.fromEntries(members.map((member, i) => [`k${i}`, member]));
}

test("prettyJson() changes nothing but whitespace, and keeps within the columns where it can", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  for (let i = 0; i < 500; i++) {
    const value = randomJson(next, 4);
    const laidOut = prettyJson(JSON.stringify(value), 60);
    equal(JSON.stringify(JSON.parse(laidOut)), JSON.stringify(value), `seed ${seed}`);
    for (const line of laidOut.split("\n")) {
      // A line holds several members only if they fit.
      ok(line.length <= 60 || !/^\s*[[{].+[\]}],?$/.test(line), `seed ${seed}: ${line}`);
    }
  }
});

test("prettyJson() does not mind depth or length", () => {
  const deep = "[".repeat(50_000) + "]".repeat(50_000);
  equal(prettyJson(deep, 100_001), deep);
  const long = `"${"\\u0041x".repeat(200_000)}"`;
  equal(prettyJson(`[${long}]`, 80), `[\n  ${long}\n]`);
});
