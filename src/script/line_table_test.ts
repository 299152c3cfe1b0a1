import { strictEqual } from "node:assert/strict";
import { test } from "node:test";
import { lineTable } from "./line_table.ts";

// Mappings by hand: "AAAA" stays in file and line, the second letter steps the file, the third the line;
// C is +1, D is -1, E is +2, f is -15, "gB" is +16.
const tables: readonly { name: string; mappings: string; text?: string; runs: readonly number[] }[] = [
  { name: "nothing", mappings: "", runs: [] },
  { name: "one line", mappings: "AAAA", runs: [1, 0, 1, 1] },
  { name: "lines that follow each other", mappings: "AAAA;AACA;AACA", runs: [1, 0, 1, 3] },
  { name: "a line that was left out", mappings: "AAAA;AAEA", runs: [1, 0, 1, 1, 2, 0, 3, 1] },
  { name: "a line that is not from a file", mappings: "AAAA;;AACA", runs: [1, 0, 1, 1, 3, 0, 2, 1] },
  { name: "the next file", mappings: "AAgBA;ACfA", runs: [1, 0, 17, 1, 2, 1, 2, 1] },
  { name: "the first of several segments", mappings: "AAAA,CACA,EADC;AAEA", runs: [1, 0, 1, 1, 2, 0, 3, 1] },
  {
    name: "what stands behind an indentation that belongs to the line before",
    mappings: "AAAA;AAAA,EACA,CACA",
    text: "a\n  b c",
    runs: [1, 0, 1, 2],
  },
  { name: "segments without a place, and with a name", mappings: "A,CAAAA", runs: [1, 0, 1, 1] },
];

for (const { name, mappings, text, runs } of tables) {
  test(`lineTable() writes ${name}`, () => {
    strictEqual(
      lineTable({ sources: ["a.ts", "b.ts"], mappings }, text ?? "a\nb\nc"),
      `//# lines={"files":["a.ts","b.ts"],"runs":${JSON.stringify(runs)}}`,
    );
  });
}
