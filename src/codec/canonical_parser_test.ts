import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import {
  canonicalize,
  CodecError,
  decodeUtf8,
  encodeUtf8,
  isJsonObject,
  type JsonValue,
  memberOf,
  parseCanonical,
} from "./mod.ts";

const refusals = [
  ["", 0, "a value", "the end of the text"],
  [" 1", 0, "a value", "U+0020"],
  ["1 ", 1, "the end of the text", "U+0020"],
  ["1\n", 1, "the end of the text", "U+000A"],
  ["\ufeff1", 0, "a value", "U+FEFF"],
  ["[1, 2]", 3, "a value", "U+0020"],
  ["[1,]", 3, "a value", '"]"'],
  ["[1 ]", 2, '"," or "]"', "U+0020"],
  ["[1", 2, '"," or "]"', "the end of the text"],
  ["{}}", 2, "the end of the text", '"}"'],
  ['{"a" :1}', 4, '":"', "U+0020"],
  ['{"a":1,}', 7, "the name of a member", '"}"'],
  ["{a:1}", 1, "the name of a member", '"a"'],
  ['{"a":1', 6, '"," or "}"', "the end of the text"],
  ['{"b":1,"a":2}', 7, 'a name that sorts after "b"', '"a"'],
  ['{"a":1,"a":1}', 7, 'a name that sorts after "a"', "it again"],
  ['{"\ufb33":1,"\ud83d\ude00":2}', 7, 'a name that sorts after "\ufb33"', '"\ud83d\ude00"'],
  ["tru", 0, '"true"', '"t"'],
  ["True", 0, "a value", '"T"'],
  ["nul", 0, '"null"', '"n"'],
  ["NaN", 0, "a value", '"N"'],
  ["-", 0, "a value", '"-"'],
  ["-0", 0, "the number 0", "-0"],
  ["00", 0, "the number 0", "00"],
  ["01", 0, "the number 1", "01"],
  ["+1", 0, "a value", '"+"'],
  [".5", 0, "a value", '"."'],
  ["1.", 1, "the end of the text", '"."'],
  ["1.0", 0, "the number 1", "1.0"],
  ["1e2", 0, "the number 100", "1e2"],
  ["1E+21", 0, "the number 1e+21", "1E+21"],
  ["1e21", 0, "the number 1e+21", "1e21"],
  ["1e400", 0, "a finite number", "1e400"],
  ["0.0", 0, "the number 0", "0.0"],
  ["9007199254740993", 0, "the number 9007199254740992", "9007199254740993"],
  ["0x10", 1, "the end of the text", '"x"'],
  ['"a', 2, `'"'`, "the end of the text"],
  ['"\n"', 1, "a control character to be escaped", "U+000A"],
  ['"\\u000a"', 1, "the escape \\n", "\\u000a"],
  ['"\\u001F"', 1, "\\u00 and two lowercase hex digits of a control character", "\\u001F"],
  ['"\\u0041"', 1, "\\u00 and two lowercase hex digits of a control character", "\\u0041"],
  ['"\\u20ac"', 1, "\\u00 and two lowercase hex digits of a control character", "\\u20ac"],
  ['"\\u00', 1, "\\u00 and two lowercase hex digits of a control character", "\\u00"],
  ['"\\/"', 2, 'one of the escapes " \\ b f n r t u', '"/"'],
  ['"\\', 2, 'one of the escapes " \\ b f n r t u', "the end of the text"],
  ['"\ud800"', 1, "Unicode text", "a lone surrogate"],
  ['"\\ud800"', 1, "\\u00 and two lowercase hex digits of a control character", "\\ud800"],
] as const;

for (const [text, offset, wanted, got] of refusals) {
  test(`parseCanonical() refuses ${JSON.stringify(text)}`, () => {
    throws(() => parseCanonical(text), (e) => {
      ok(e instanceof CodecError);
      deepEqual(e.fault, { code: "not_canonical", wanted, got, offset });
      return true;
    });
  });
}

test("parseCanonical() makes __proto__ and friends own members", () => {
  const text = '{"__proto__":{"admin":true},"constructor":1,"hasOwnProperty":2}';
  const value = parseCanonical(text);
  ok(isJsonObject(value));
  equal(Object.getPrototypeOf(value), Object.prototype);
  equal(memberOf(value, "admin"), undefined);
  equal(memberOf(value, "toString"), undefined);
  deepEqual(memberOf(value, "__proto__"), { admin: true });
  equal(canonicalize(value), text);
});

test("every UTF-16 unit has one canonical spelling in a string", () => {
  for (let code = 0; code <= 0xffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const text = canonicalize(String.fromCharCode(code));
    equal(parseCanonical(text), String.fromCharCode(code));
    const raw = `"${String.fromCharCode(code)}"`;
    if (raw !== text) throws(() => parseCanonical(raw), CodecError);
    const escaped = `"\\u${code.toString(16).padStart(4, "0")}"`;
    if (escaped !== text) throws(() => parseCanonical(escaped), CodecError);
  }
});

/** Small, fast, seeded: the same numbers in every runtime. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const NAMES = ["", "a", "b", "10", "9", "__proto__", "é", "\ufb33", "😀", "\n", "constructor", '"\\'];

function randomText(pick: (below: number) => number): string {
  return Array.from({ length: pick(6) }, () => {
    const point = [
      pick(0x20),
      0x20 + pick(0x60),
      pick(0xd800),
      0xe000 + pick(0x2000),
      0x10000 + pick(0x100000),
    ];
    return String.fromCodePoint(point[pick(5)] ?? 0);
  }).join("");
}

function randomNumber(pick: (below: number) => number): number {
  const view = new DataView(new ArrayBuffer(8));
  for (;;) {
    view.setUint32(0, pick(2 ** 32));
    view.setUint32(4, pick(2 ** 32));
    const candidates = [
      pick(1000),
      -1 - pick(1000),
      pick(2 ** 32) * 2 ** 21,
      pick(100000) / 100,
      view.getFloat64(0),
    ];
    const value = candidates[pick(5)] ?? 0;
    if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  }
}

function randomValue(pick: (below: number) => number, depth: number): JsonValue {
  switch (pick(depth > 0 ? 7 : 5)) {
    case 0:
      return null;
    case 1:
      return pick(2) === 0;
    case 2:
    case 3:
      return randomNumber(pick);
    case 4:
      return randomText(pick);
    case 5:
      return Array.from({ length: pick(4) }, () => randomValue(pick, depth - 1));
    default: {
      const names = Array.from({ length: pick(5) }, () => NAMES[pick(NAMES.length)] ?? randomText(pick));
      return Object.fromEntries(names.map((name) => [name, randomValue(pick, depth - 1)]));
    }
  }
}

test("parseCanonical(canonicalize(x)) is x, for 3,000 seeds", () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const value = randomValue(random(seed), 4);
    const text = canonicalize(value);
    deepEqual(parseCanonical(text), value, `seed ${seed}: ${text}`);
    deepEqual(JSON.parse(text), value, `seed ${seed}: ${text}`);
  }
});

test("a changed byte of a canonical text is refused, or makes another canonical text, for 1,500 seeds", () => {
  let accepted = 0;
  let refused = 0;
  for (let seed = 1; seed <= 1500; seed++) {
    const pick = random(seed);
    const bytes = encodeUtf8(canonicalize(randomValue(pick, 3)));
    for (let round = 0; round < 12; round++) {
      const mutant = bytes.slice();
      const at = pick(mutant.length);
      mutant[at] = pick(2) === 0 ? pick(256) : (mutant[at] ?? 0) ^ (1 << pick(8));
      let text: string;
      let value: JsonValue;
      try {
        text = decodeUtf8(mutant);
        value = parseCanonical(text);
      } catch (e) {
        ok(e instanceof CodecError, `seed ${seed}, round ${round}: ${e}`);
        refused += 1;
        continue;
      }
      equal(canonicalize(value), text, `seed ${seed}, round ${round}`);
      accepted += 1;
    }
  }
  ok(accepted > 500 && refused > 500, `the mutations must reach both outcomes: ${accepted} and ${refused}`);
});
