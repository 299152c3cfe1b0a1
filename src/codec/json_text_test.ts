import { deepEqual, doesNotThrow, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { checkJsonText, JsonTextError, type JsonTextFault } from "./mod.ts";

const LIMITS = { bytesMax: 1000, depthMax: 4 };

const accepted = [
  "0",
  "-0",
  "-0.0e-0",
  "1E+400",
  " \t\r\n null \n",
  '"\\ud800"',
  '"\\/\\u00FF\u2028\u007f"',
  '{"a":1,"a":2}',
  '{ "a" : [ ] , "b" : { } }',
  "[[[[1]]]]",
  '"' + "x".repeat(300) + "\\n" + "y".repeat(100) + '\\\\"',
] as const;

for (const text of accepted) {
  test(`checkJsonText() accepts ${JSON.stringify(text).slice(0, 60)}`, () => {
    doesNotThrow(() => checkJsonText(text, LIMITS));
    doesNotThrow(() => JSON.parse(text));
  });
}

const syntax = [
  ["", "a JSON value", "the end of the text", 1, 1],
  ["  ", "a JSON value", "the end of the text", 1, 3],
  ["\ufeff1", "a JSON value", "U+FEFF", 1, 1],
  ["1 2", "the end of the text", '"2"', 1, 3],
  ["[1,\n 2,\n]", "a JSON value", '"]"', 3, 1],
  ["[1\n2]", '"," or "]"', '"2"', 2, 1],
  ["[1}", '"," or "]"', '"}"', 1, 3],
  ["[", "a JSON value", "the end of the text", 1, 2],
  ["{", `a member's name or "}"`, "the end of the text", 1, 2],
  ["{,}", `a member's name or "}"`, '","', 1, 2],
  ['{"a":1,}', "a member's name", '"}"', 1, 8],
  ['{"a"}', '":"', '"}"', 1, 5],
  ['{"a":1]', '"," or "}"', '"]"', 1, 7],
  ["{'a':1}", `a member's name or "}"`, `"'"`, 1, 2],
  ["\u00a01", "a JSON value", "U+00A0", 1, 1],
  ["01", "no digit after a leading zero", '"1"', 1, 2],
  ["-", "a digit", "the end of the text", 1, 2],
  ["+1", "a JSON value", '"+"', 1, 1],
  ["1.", "a digit", "the end of the text", 1, 3],
  ["1.e1", "a digit", '"e"', 1, 3],
  ["1e", "a digit", "the end of the text", 1, 3],
  ["1e+", "a digit", "the end of the text", 1, 4],
  ["trux", '"true"', '"x"', 1, 4],
  ["nul", '"null"', "the end of the text", 1, 4],
  ["NaN", "a JSON value", '"N"', 1, 1],
  ["// x", "a JSON value", '"/"', 1, 1],
  ['"a', `the '"' that ends the string`, "the end of the text", 1, 3],
  ['["a\tb"]', "a control character to be escaped", "U+0009", 1, 4],
  ['"\\x41"', 'one of the escapes " \\ / b f n r t u', '"x"', 1, 3],
  ['"\\u12g4"', "a hex digit", '"g"', 1, 6],
  ['"\\', 'one of the escapes " \\ / b f n r t u', "the end of the text", 1, 3],
  ['"' + "x".repeat(200) + '\n"', "a control character to be escaped", "U+000A", 1, 202],
  ['"' + "x".repeat(200), `the '"' that ends the string`, "the end of the text", 1, 202],
] as const;

function faultOf(text: string): JsonTextFault | null {
  try {
    checkJsonText(text, LIMITS);
    return null;
  } catch (e) {
    ok(e instanceof JsonTextError, String(e));
    return e.fault;
  }
}

for (const [text, wanted, got, line, column] of syntax) {
  test(`checkJsonText() refuses ${JSON.stringify(text).slice(0, 40)} at ${line}:${column}`, () => {
    throws(() => JSON.parse(text));
    const lines = text.split("\n").slice(0, line - 1);
    const offset = lines.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
    deepEqual(faultOf(text), { code: "json_syntax", wanted, got, at: { offset, line, column } });
  });
}

test("checkJsonText() refuses raw lone surrogates, depth and size", () => {
  deepEqual(faultOf('{\n"\udc00":1}'), {
    code: "json_lone_surrogate",
    got: "U+DC00",
    at: { offset: 3, line: 2, column: 2 },
  });
  deepEqual(faultOf('[[[{"a":[]}]]]'), {
    code: "json_too_deep",
    depthMax: 4,
    at: { offset: 8, line: 1, column: 9 },
  });
  equal(faultOf(`"${"é".repeat(499)}"`), null);
  deepEqual(faultOf(`"${"é".repeat(500)}"`), { code: "json_too_large", bytes: 1002, bytesMax: 1000 });
  throws(() => checkJsonText("[".repeat(100_000), { bytesMax: 1e6, depthMax: 1e6 }), JsonTextError);
});

test("checkJsonText() agrees with JSON.parse on every text of up to 4 of these characters", () => {
  const alphabet = ["{", "}", "[", "]", ",", ":", '"', "\\", "1", "0", "-", ".", "e", " "];
  let agreed = 0;
  const visit = (text: string) => {
    let parses = true;
    try {
      JSON.parse(text);
    } catch {
      parses = false;
    }
    let passes = true;
    try {
      checkJsonText(text, { bytesMax: 100, depthMax: 10 });
    } catch {
      passes = false;
    }
    if (parses !== passes) throw new Error(`${JSON.stringify(text)}: JSON.parse says ${parses}`);
    agreed += 1;
    if (text.length < 4) { for (const next of alphabet) visit(text + next); }
  };
  visit("");
  equal(agreed, (14 ** 5 - 1) / 13);
});
