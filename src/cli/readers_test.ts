import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { moment } from "./moment.ts";
import { countOrAll, duration, span, wholeNumber } from "./readers.ts";

const spans: readonly (readonly [given: string, from: number | undefined, to?: number])[] = [
  ["7", 7, 7],
  ["3..9", 3, 9],
  ["3..3", 3, 3],
  ["3..", 3, Infinity],
  ["..9", 0, 9],
  ["12,345..20_000", 12345, 20000],
  ["9..3", undefined],
  ["..", undefined],
  ["", undefined],
  ["3...9", undefined],
  ["-3..9", undefined],
  ["a..b", undefined],
  ["1.5", undefined],
];

for (const [given, from, to] of spans) {
  test(`span reads ${JSON.stringify(given)}`, () => {
    deepEqual(span.read(given), from === undefined ? undefined : { from, to });
  });
}

test("wholeNumber() reads digits and nothing else", () => {
  const { read } = wholeNumber("<n>", 1);
  deepEqual(["1", "0012", "12,345", "9007199254740991"].map(read), [1, 12, 12345, 9007199254740991]);
  for (
    const given of ["0", "", "-1", "+1", "1.0", "0x10", "1e3", " 1", "9007199254740993", ",1", "1,,2", "١"]
  ) {
    equal(read(given), undefined, given);
  }
});

test("countOrAll reads a count, or all", () => {
  deepEqual(["0", "50", "all", "ALL", "-1"].map(countOrAll.read), [0, 50, Infinity, undefined, undefined]);
});

test("duration reads lengths of time that a timer can wait", () => {
  const cases = ["500ms", "30s", "1m30s", "24d", "25d", "0s", "30", "s", "-5s", "1.5s", "5 s"];
  deepEqual(cases.map(duration.read), [
    500,
    30_000,
    90_000,
    2_073_600_000,
    undefined,
    0,
    ...Array(5).fill(undefined),
  ]);
});

const nowMs = Date.UTC(2026, 2, 1, 14, 3, 22, 120);

const moments: readonly (readonly [given: string, timeMs: number | undefined])[] = [
  ["10m", nowMs - 600_000],
  ["1d12h", nowMs - 129_600_000],
  ["250ms", nowMs - 250],
  ["2026-03-01T14:03:22Z", nowMs - 120],
  ["2026-03-01 14:03Z", nowMs - 22_120],
  ["2026-03-01T14:03:22.1+01:00", nowMs - 3_600_020],
  ["2026-03-01", new Date(2026, 2, 1).getTime()],
  ["2026-03-01T14:03", new Date(2026, 2, 1, 14, 3).getTime()],
  ["14:03", new Date(nowMs).setHours(14, 3, 0, 0)],
  ["09:00:07", new Date(nowMs).setHours(9, 0, 7, 0)],
  ["2026-02-29", undefined],
  ["2026-13-01", undefined],
  ["2026-03-01T25:00", undefined],
  ["24:00", undefined],
  ["yesterday", undefined],
  ["10", undefined],
  ["", undefined],
];

for (const [given, timeMs] of moments) {
  test(`moment reads ${JSON.stringify(given)}`, () => equal(moment.read(given)?.(nowMs), timeMs));
}
