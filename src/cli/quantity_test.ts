import { test } from "node:test";
import { deepEqual } from "node:assert/strict";
import { countOf, formatAgo, formatBytes, formatCount } from "./quantity.ts";

test("formatCount() sets a comma every three digits", () => {
  deepEqual([0, 7, 999, 1000, 12345, 1234567].map(formatCount), [
    "0",
    "7",
    "999",
    "1,000",
    "12,345",
    "1,234,567",
  ]);
});

test("countOf() knows one from many", () => {
  deepEqual([0, 1, 2].map((count) => countOf(count, "entry", "entries")), [
    "0 entries",
    "1 entry",
    "2 entries",
  ]);
});

test("formatBytes() never shows a thousand of a unit", () => {
  const sizes = [0, 27, 999, 1000, 1249, 9949, 9950, 999_499, 999_500, 48_000_000, 1e9, 5e15];
  deepEqual(sizes.map(formatBytes), [
    "0 B",
    "27 B",
    "999 B",
    "1.0 kB",
    "1.2 kB",
    "9.9 kB",
    "10 kB",
    "999 kB",
    "1.0 MB",
    "48 MB",
    "1.0 GB",
    "5000 TB",
  ]);
});

test("formatAgo() rounds down", () => {
  const ages = [-5, 0, 999, 1000, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000, 3 * 86_400_000];
  deepEqual(ages.map(formatAgo), [
    "now",
    "now",
    "now",
    "1 s ago",
    "59 s ago",
    "1 min ago",
    "59 min ago",
    "1 h ago",
    "1 day ago",
    "3 days ago",
  ]);
});
