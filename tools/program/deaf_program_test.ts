import { equal, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { deafTo, writeDeaf } from "./deaf_program.ts";

const folder = mkdtempSync(join(tmpdir(), "theater-deaf-"));
after(() => rmSync(folder, { recursive: true }));
const [from, to] = [join(folder, "from"), join(folder, "to")];

const named = deafTo.map((name) => `${name}\0`).join("between\0");

test("every name that getenv would be given is gone, and nothing else changes", () => {
  writeFileSync(from, `code ${named} "BUN_OPTIONS" in a sentence`, "latin1");
  writeDeaf(from, to);
  const [before, after] = [readFileSync(from), readFileSync(to)];
  equal(before.length, after.length);
  for (const name of deafTo) equal(after.includes(Buffer.from(`${name}\0`)), false, name);
  const changed = [...before].filter((byte, index) => byte !== after[index]).length;
  equal(changed, deafTo.length);
  equal(after.includes('"BUN_OPTIONS" in a sentence'), true);
});

for (
  const [what, text] of [["missing", named.replace("BUN_OPTIONS\0", "")], [
    "there twice",
    `BUN_OPTIONS\0${named}`,
  ]]
) {
  test(`a program in which a name is ${what} is refused`, () => {
    writeFileSync(from, text ?? "", "latin1");
    throws(() => writeDeaf(from, to), /deaf to BUN_OPTIONS: wanted the name once/);
  });
}
