import { test } from "node:test";
import { deepEqual, throws } from "node:assert/strict";
import { readJunit } from "./junit.ts";

const reports: [string, string, { passed: number; failed: number; skipped: number; files: string[] }][] = [
  [
    "as Deno writes it",
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="3" failures="1" errors="0" time="0.148">
  <testsuite name="./src/a_test.ts" tests="3" disabled="1" errors="0" failures="1">
    <testcase name="a &gt; b" classname="./src/a_test.ts" time="0.001" line="2" col="1">
    </testcase>
    <testcase name="bad" classname="./src/a_test.ts" time="0.001" line="3" col="1">
      <failure message="Uncaught Error: &lt;testcase&gt;">Error: x &lt;testcase&gt;</failure>
    </testcase>
    <testcase name="skip" classname="./src/a_test.ts" time="0.000" line="4" col="1">
      <skipped/>
    </testcase>
  </testsuite>
</testsuites>`,
    { passed: 1, failed: 1, skipped: 1, files: ["src/a_test.ts"] },
  ],
  [
    "as Bun writes it",
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="4" assertions="0" failures="1" skipped="1" time="0.03">
  <testsuite name="src/a_test.ts" file="src/a_test.ts" tests="2">
    <testsuite name="nested" file="src/a_test.ts" line="1">
      <testcase name="one" classname="" time="0.005" file="src/a_test.ts" line="2" assertions="0" />
    </testsuite>
    <testcase name="bad" classname="" time="0.0" file="src/a_test.ts" line="3" assertions="0">
      <failure type="Error" message="x">Error: x&#10;</failure>
    </testcase>
  </testsuite>
  <testsuite name="b_test.ts" file="b_test.ts">
    <testcase name="todo" file="b_test.ts"><skipped message="TODO" /></testcase>
    <testcase name="two" file="b_test.ts"/>
  </testsuite>
</testsuites>`,
    { passed: 2, failed: 1, skipped: 1, files: ["src/a_test.ts", "b_test.ts"] },
  ],
  [
    "with what looks like tags in texts",
    `<testsuites><!-- <testcase/> --><testcase name="a > b" file="f_test.ts">
<system-out><![CDATA[<testcase><failure>]]></system-out></testcase></testsuites>`,
    { passed: 1, failed: 0, skipped: 0, files: ["f_test.ts"] },
  ],
  [
    "with an error and a failure in one test",
    `<testsuites><testcase file="f"><error/><failure/><skipped/></testcase></testsuites>`,
    { passed: 0, failed: 1, skipped: 0, files: ["f"] },
  ],
  ["without a test", `<testsuites name="deno test" tests="0"/>`, {
    passed: 0,
    failed: 0,
    skipped: 0,
    files: [],
  }],
];

for (const [name, xml, { files, ...counts }] of reports) {
  test(`readJunit() counts a report ${name}`, () =>
    deepEqual(readJunit(xml), { ...counts, files: new Set(files) }));
}

for (const xml of ["", "not xml", `<testsuites><testsuite><testcase name="a" file="f"/>`]) {
  test(`readJunit() refuses ${JSON.stringify(xml)}`, () => throws(() => readJunit(xml), SyntaxError));
}
