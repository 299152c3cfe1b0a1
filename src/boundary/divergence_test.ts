import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { test } from "node:test";
import { type CallQuestion, describeDivergence, differenceOf, firstDifference } from "./mod.ts";

/** Two texts, the path of their first difference, and what stands there in each. */
const differences: readonly (readonly [string, string, string, string | undefined, string | undefined])[] = [
  ["[1]", "[2]", "root[0]", "1", "2"],
  ["[1,2]", "[1]", "root[1]", "2", undefined],
  ["[1]", "[1,2]", "root[1]", undefined, "2"],
  ['{"a":1,"b":2}', '{"a":1,"b":3}', "root.b", "2", "3"],
  ['{"a":1}', '{"a":1,"b":{"c":2}}', "root.b", undefined, '{"c":2}'],
  ['{"a":1,"b":2}', '{"b":2}', "root.a", "1", undefined],
  ['[{"x":["a","b"]}]', '[{"x":["a","c"]}]', "root[0].x[1]", '"b"', '"c"'],
  ["[1]", '{"0":1}', "root", "[1]", '{"0":1}'],
  ["null", "[]", "root", "null", "[]"],
  ['"1"', "1", "root", '"1"', "1"],
  ['{"__proto__":1}', '{"__proto__":2}', "root.__proto__", "1", "2"],
  ["[1]", "[1] ", "root", "[1]", "[1] "],
  ["not json", "not JSON", "root", "not json", "not JSON"],
];

for (const [expected, got, path, left, right] of differences) {
  test(`${expected} and ${got} differ at ${path}`, () => {
    const found = firstDifference("root", expected, got);
    deepStrictEqual(found, {
      path,
      ...(left !== undefined && { expected: left }),
      ...(right !== undefined && { got: right }),
    });
  });
}

test("equal texts do not differ", () => strictEqual(firstDifference("root", "[1]", "[1]"), undefined));

test("long values are shown around their difference", () => {
  const before = "a".repeat(500);
  const after = "😀".repeat(500);
  const found = firstDifference(
    "x",
    JSON.stringify([`${before}1${after}`]),
    JSON.stringify([`${before}2${after}`]),
  );
  strictEqual(found?.path, "x[0]");
  strictEqual(found.expected?.startsWith(`…${"a".repeat(32)}1😀`), true, found.expected);
  strictEqual(found.got?.startsWith(`…${"a".repeat(32)}2😀`), true, found.got);
  strictEqual(found.expected.length < 110, true);
  strictEqual(found.expected.isWellFormed(), true);
});

const write: CallQuestion = { function: "a:b/log@0.1.0#write", arguments: '["info","hello"]' };

test("questions differ in function, arguments or body, in this order", () => {
  strictEqual(differenceOf(write, write), undefined);
  strictEqual(differenceOf(write, { ...write, function: "f", arguments: "[]" })?.path, "function");
  strictEqual(
    differenceOf(write, { ...write, arguments: '["info","hullo"]', body: "" })?.path,
    "arguments[1]",
  );
  strictEqual(differenceOf({ ...write, body: "1" }, { ...write, body: "2" })?.path, "body");
  deepStrictEqual(differenceOf(write, { ...write, body: "2" }), { path: "body", got: "2" });
  deepStrictEqual(differenceOf({ ...write, body: "2" }, write), { path: "body", expected: "2" });
});

test("describeDivergence() says where, what was expected, and what came", () => {
  const got = { ...write, arguments: '["info","hullo"]' };
  deepStrictEqual(describeDivergence({ at: 3, expected: write, got, field: "arguments[1]" }), [
    "Call 3 differs from the recording in arguments[1]",
    "  function  a:b/log@0.1.0#write",
    '  expected  "hello"',
    '  got       "hullo"',
  ]);
  deepStrictEqual(
    describeDivergence({ at: 0, expected: write, got: { ...write, function: "now" }, field: "function" }),
    [
      "Call 0 differs from the recording in function",
      "  expected  a:b/log@0.1.0#write",
      "  got       now",
    ],
  );
  deepStrictEqual(describeDivergence({ at: 2, expected: "end of turn", got: { ...write, body: "{}" } }), [
    "Call 2 is one too many: the recorded turn made only 2",
    '  got       a:b/log@0.1.0#write ["info","hello"]',
    "  body      {}",
  ]);
  deepStrictEqual(
    describeDivergence({ at: 0, expected: "end of turn", got: write })[0],
    "Call 0 is one too many: the recorded turn made no calls",
  );
  deepStrictEqual(describeDivergence({ at: 2, expected: write, got: "end of turn" }), [
    "Call 2 was recorded and did not come",
    '  expected  a:b/log@0.1.0#write ["info","hello"]',
  ]);
  const detail = "wanted null, got 1";
  deepStrictEqual(describeDivergence({ at: 1, expected: write, got: write, field: "result[0]", detail }), [
    "The recorded answer to call 1 cannot be given",
    '  call      a:b/log@0.1.0#write ["info","hello"]',
    "  result[0]: wanted null, got 1",
  ]);
});
