import { equal } from "node:assert/strict";
import { test } from "node:test";
import { editDistance, nearestKey } from "./nearest_key.ts";

for (
  const [from, to, distance] of [
    ["", "", 0],
    ["", "abc", 3],
    ["kitten", "sitting", 3],
    ["clok", "clock", 1],
    ["ab", "ba", 2],
  ] as const
) {
  test(`editDistance("${from}", "${to}") is ${distance}`, () => {
    equal(editDistance(from, to), distance);
    equal(editDistance(to, from), distance);
  });
}

const KEYS = ["name", "component", "params", "permissions", "limits", "isolation", "child", "turn_ms"];
const cases = [
  ["permision", "permissions"],
  ["Name", "name"],
  ["children", "child"],
  ["args", "params"],
  ["turn-ms", "turn_ms"],
  ["zzz", undefined],
  ["x".repeat(100_000), undefined],
] as const;

for (const [key, nearest] of cases) {
  test(`nearestKey("${key.slice(0, 20)}") is ${nearest}`, () => equal(nearestKey(key, KEYS), nearest));
}
