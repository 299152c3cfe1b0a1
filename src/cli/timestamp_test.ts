import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { toMoment } from "./timestamp.ts";

test("toMoment() writes UTC", () => {
  const { date, time, zone } = toMoment(Date.UTC(2026, 2, 1, 14, 3, 22, 120), true);
  deepEqual([date, time, zone], ["2026-03-01", "14:03:22.120", "Z"]);
});

test("toMoment() writes local time with the offset of that day", () => {
  for (const month of [0, 6]) {
    const local = new Date(2026, month, 1, 14, 3, 22, 120);
    const { date, time, zone } = toMoment(local.getTime(), false);
    deepEqual([date, time], [`2026-0${month + 1}-01`, "14:03:22.120"]);
    equal(Date.parse(`${date}T${time}${zone}`), local.getTime());
  }
});

test("toMoment() shows what no calendar reaches as it is", () => {
  for (const timeMs of [Date.UTC(9999, 11, 31) + 1, 8.64e15 + 1, Number.MAX_SAFE_INTEGER]) {
    equal(toMoment(timeMs, false).date, `${timeMs} ms`);
  }
});
