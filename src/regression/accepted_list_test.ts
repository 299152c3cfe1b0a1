import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { type Accepted, type AcceptedList, formatAccepted, parseAccepted } from "./accepted_list.ts";

const hash = (digit: string) => digit.repeat(64);

const list: AcceptedList = new Map<string, readonly Accepted[]>([
  ["b~1/till", [
    {
      turn: 10,
      what: "calls",
      expected: hash("a"),
      got: hash("b"),
      fields: ["call 0: x -> y", "and 3 more"],
    },
    { turn: 9, what: "response", expected: hash("a"), got: hash("c"), fields: [], why: 'so says "Ada"\n' },
    { turn: 9, what: "state", expected: hash("a"), got: hash("b"), fields: ["/sum: 1 -> 2"] },
  ]],
  ["a~1/till", [{ turn: 0, what: "trap", expected: hash("0"), got: hash("1"), fields: ["\u202e\ud800"] }]],
  ["c~1/till", []],
]);

function listIn(text: string): AcceptedList {
  const read = parseAccepted(text);
  if ("detail" in read) throw new Error(read.detail);
  return read;
}

test("a list is written sorted, a line each, and read again as it was", () => {
  const text = formatAccepted(list);
  const read = listIn(text);
  deepEqual([...read.keys()], ["a~1/till", "b~1/till"]);
  deepEqual(read.get("b~1/till")?.map(({ turn, what }) => `${turn} ${what}`), [
    "9 state",
    "9 response",
    "10 calls",
  ]);
  equal(read.get("b~1/till")?.[1]?.why, 'so says "Ada"\n');
  equal(formatAccepted(read), text);
  equal(text.split("\n").filter((line) => line.includes('"turn"')).length, 4);
});

test("an empty list can be read again", () => {
  equal(listIn(formatAccepted(new Map())).size, 0);
});

const item = `{"turn":1,"what":"state","expected":"${hash("a")}","got":"${hash("b")}"}`;
const whole = (accepted: string) =>
  `{"format":"theater accepted differences, version 1","accepted":${accepted}}`;

test("fields and why may be left out by who writes a list by hand", () => {
  equal(listIn(whole(`{"x~1/y":[${item}]}`)).get("x~1/y")?.length, 1);
});

/** Texts that are no list, and a word of why. */
const refusals: readonly (readonly [string, string, string])[] = [
  ["nothing", "", ""],
  ["no JSON", "{", ""],
  ["a name", "name = 1", ""],
  ["an array", "[]", "format"],
  ["null", "null", "format"],
  ["no format", '{"accepted":{}}', "format"],
  ["a later version", whole("{}").replace("version 1", "version 2"), "version 1"],
  ["no differences", whole("null"), "accepted"],
  ["a list of chains", whole("[]"), "accepted"],
  ["a chain that is no array", whole('{"x":{}}'), "array"],
  ["a difference that is no object", whole('{"x":[1]}'), "object"],
  ["a member too many", whole(`{"x":[${item.replace("{", '{"note":1,')}]}`), "note"],
  ["a turn below 0", whole(`{"x":[${item.replace("1", "-1")}]}`), "turn"],
  ["a turn between two", whole(`{"x":[${item.replace("1", "1.5")}]}`), "turn"],
  ["a turn as text", whole(`{"x":[${item.replace("1", '"1"')}]}`), "turn"],
  ["something that cannot differ", whole(`{"x":[${item.replace('"state"', '"fuel"')}]}`), "what"],
  ["a short hash", whole(`{"x":[${item.replace("aa", "a")}]}`), "expected"],
  ["an upper-case hash", whole(`{"x":[${item.replace(hash("b"), hash("B"))}]}`), "got"],
  ["fields that are no texts", whole(`{"x":[${item.replace("{", '{"fields":[1],')}]}`), "fields"],
  ["a why that is no text", whole(`{"x":[${item.replace("{", '{"why":1,')}]}`), "why"],
];

for (const [name, text, word] of refusals) {
  test(`no list of accepted differences: ${name}`, () => {
    const read = parseAccepted(text);
    ok("detail" in read, "it was read");
    ok(read.detail.includes(word), read.detail);
  });
}
