import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { describeTally, tally } from "./tally.ts";

function ports(xml: string | undefined, files: readonly string[] = []) {
  return {
    read: () => xml,
    testFiles: (folder: string) => files.filter((file) => file.startsWith(`${folder}/`)),
  };
}

function suite(status: number) {
  return {
    kind: "suite",
    name: "s",
    status,
    seconds: 2,
    report: "r.xml",
    folders: ["src", "tests"],
  } as const;
}

const good = `<testcase file="src/a_test.ts"/>`;
const bad = `<testcase file="tests/b_test.ts"><failure/></testcase>`;
const files = ["src/a_test.ts", "tests/b_test.ts"];

const suites: [string, number, string | undefined, number, number, string[]][] = [
  ["that passed", 0, `${good}${bad.replace("<failure/>", "")}`, 2, 0, []],
  ["with a failed test", 1, `${good}${bad}`, 1, 1, []],
  ["that crashed before it could write", 101, undefined, 0, 1, ["ended with 101 and wrote no report"]],
  ["that says it passed and wrote nothing", 0, undefined, 0, 1, ["ended with 0 and wrote no report"]],
  ["with a file that never reported", 0, good, 1, 1, ["tests/b_test.ts reported no test"]],
  ["that failed without a failed test", 1, `${good}${bad.replace("<failure/>", "")}`, 2, 1, [
    "ended with 1 though no test failed",
  ]],
];

for (const [name, status, cases, passed, failed, notes] of suites) {
  test(`tally() of a suite ${name}`, () => {
    const xml = cases === undefined ? undefined : `<testsuites>${cases}</testsuites>`;
    deepEqual(tally(suite(status), ports(xml, files)), {
      name: "s",
      passed,
      failed,
      skipped: 0,
      notes,
      seconds: 2,
    });
  });
}

test("tally() of a suite whose report ends early is a failure", () => {
  equal(tally(suite(1), ports(`<testsuites>${good}`)).failed, 1);
});

test("tally() of a suite without any test is a failure", () => {
  deepEqual(tally(suite(0), ports("<testsuites></testsuites>")).notes, ["reported no test at all"]);
});

test("tally() of checks and of what is skipped", () => {
  equal(tally({ kind: "check", name: "c", status: 0, seconds: 1 }, ports(undefined)).passed, 1);
  equal(tally({ kind: "check", name: "c", status: 2, seconds: 1 }, ports(undefined)).failed, 1);
  equal(tally({ kind: "skip", name: "c", why: "no python3" }, ports(undefined)).skipped, 1);
});

test("describeTally() ends with the sum", () => {
  const none = { passed: 0, failed: 0, skipped: 0, notes: [] };
  const results = [{ ...none, name: "lint", passed: 1, seconds: 3 }, {
    ...none,
    name: "tests",
    passed: 40,
    failed: 2,
    seconds: 10,
  }];
  equal(
    describeTally(results),
    "lint      3 s  1 passed, 0 failed\ntests    10 s  40 passed, 2 failed\n\n41 passed, 2 failed\n",
  );
  const skipped = { ...none, name: "checker", skipped: 1, notes: ["skipped: no python3"] };
  equal(describeTally([skipped]).endsWith("  skipped: no python3\n\n0 passed, 0 failed, 1 skipped\n"), true);
});
