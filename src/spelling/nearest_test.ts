import { test } from "node:test";
import { equal } from "node:assert/strict";
import { nearest } from "./nearest.ts";

const names = ["log", "show", "state", "ps", "check", "version", "help", "completions"];

const cases: readonly (readonly [word: string, meant: string | undefined])[] = [
  ["lgo", "log"],
  ["logs", "log"],
  ["sohw", "show"],
  ["stat", "state"],
  ["comp", "completions"],
  ["verison", "version"],
  ["zzzzzz", undefined],
  ["", undefined],
  ["inspect", undefined],
  ["x".repeat(100_000), undefined],
];

for (const [word, meant] of cases) {
  test(`nearest() takes "${word.slice(0, 20)}" for ${meant ?? "nothing"}`, () =>
    equal(nearest(word, names), meant));
}
