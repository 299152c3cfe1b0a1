import { equal } from "node:assert/strict";
import { test } from "node:test";
import { blankLiterals } from "./blank_literals.ts";

const cases: readonly (readonly [text: string, code: string | undefined])[] = [
  ["a = 1;", "a = 1;"],
  ["a('b', \"c\");", "a(   ,    );"],
  ["a('\\'b');", "a(     );"],
  ['a("\'"); b', "a(   ); b"],
  ["a // it's\nb", "a        \nb"],
  ["a /* it's\n */ b", "a        \n    b"],
  ["`b`c", "   c"],
  ["`b${c}d`e", "    c   e"],
  ["`b${{ c: { d: `e${f}` } }}g`h", "    { c: { d:     f   } }   h"],
  ["`\\`${a}`", "     a  "],
  ["`$b$`c", "     c"],
  ["{ a: { b } }", "{ a: { b } }"],
  ["'a", undefined],
  ["'a\nb'", undefined],
  ["`a", undefined],
  ["`a${b", undefined],
  ["/* a", undefined],
];

test("blankLiterals() leaves the code", () => {
  for (const [text, code] of cases) equal(blankLiterals(text), code, text);
});
