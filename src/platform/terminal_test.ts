import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { terminalColumns, wantsColour } from "./terminal.ts";

const cases: readonly (readonly [Record<string, string>, boolean, boolean])[] = [
  [{}, true, true],
  [{}, false, false],
  [{ TERM: "dumb" }, true, false],
  [{ TERM: "xterm" }, true, true],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ FORCE_COLOR: "" }, false, false],
  [{ FORCE_COLOR: "1", TERM: "dumb" }, false, true],
  [{ FORCE_COLOR: "1", NO_COLOR: "1" }, true, false],
];
for (const [env, terminal, wanted] of cases) {
  test(`${terminal ? "a terminal" : "a pipe"} with ${JSON.stringify(env)} ${wanted ? "has" : "has no"} colour`, () =>
    equal(wantsColour("out", env, terminal), wanted));
}

test("a terminal has a width, also where there is none", () => {
  ok(Number.isInteger(terminalColumns()) && terminalColumns() > 0);
});
