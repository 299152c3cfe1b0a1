import { test } from "node:test";
import { deepEqual, throws } from "node:assert/strict";
import { readSteps } from "./steps.ts";

test("readSteps() reads each kind of step", () => {
  deepEqual(
    readSteps("check\tlint\t1\t3\nsuite\tunder Deno\t0\t12\t/r.xml\tsrc tests\nskip\tchecker\tno python3\n"),
    [
      { kind: "check", name: "lint", status: 1, seconds: 3 },
      {
        kind: "suite",
        name: "under Deno",
        status: 0,
        seconds: 12,
        report: "/r.xml",
        folders: ["src", "tests"],
      },
      { kind: "skip", name: "checker", why: "no python3" },
    ],
  );
});

const refusals = [
  "lint",
  "check\tlint\t\t3",
  "check\tlint\tyes\t3",
  "check\t\t0\t3",
  "suite\tDeno\t0\t3",
  "suite\tDeno\t0\t3\tr.xml",
  "skip\tlint\t",
  "chekc\tlint\t0\t3",
];

for (const line of refusals) {
  test(`readSteps() refuses ${JSON.stringify(line)}`, () => throws(() => readSteps(line), SyntaxError));
}
