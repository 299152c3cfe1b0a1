import { ParseError } from "toml-eslint-parser";
import { describeAt } from "../codec/mod.ts";
import type { Place } from "./place.ts";
import { type Findings, report } from "./problem.ts";

/** What was wanted, by the message of the library, which carries no code. An unknown one is shown as it is. */
const WANTED: Readonly<Record<string, string>> = {
  "Unterminated string constant": "a quotation mark that ends the string",
  "Unterminated table-key": '"]" after the name of the table',
  "Unterminated array": '"]" at the end of the array',
  "Unterminated inline table": '"}" at the end of the inline table',
  "Empty bare keys are not allowed": "a key",
  "Must be a newline": "a new line",
  "Expected equal (=) token": '"=" after the key',
  "Unspecified values are invalid": "a value",
  "Expected comma (,) token": '","',
  "Defining a key multiple times is invalid": "each key and table once",
  "Unexpected character": "a key, a table or a value",
  "Unexpected token": "a key, a table or a value",
  "Control characters (codes < 0x1f and 0x7f) are not allowed": "no control character",
  "The key, equals sign, and value must be on the same line": "key, equals sign and value on one line",
  "No newlines are allowed between the curly braces unless they are valid within a value":
    "an inline table on one line",
  "Underscores are allowed between digits": "underscores only between digits",
  "Unexpected spaces": "no space",
  "Three or more quotes are not permitted": "at most two quotation marks",
  "Unexpected invalid date": "a date",
  "Unexpected invalid time": "a time",
  "Leading zeros are not allowed": "a number without leading zeros",
  "Trailing comma is not permitted in an inline table": "no comma after the last key of an inline table",
  "Invalid character in escape sequence": 'one of the escapes \\" \\\\ \\b \\t \\n \\f \\r \\u \\U',
  "Consecutive dots are not permitted in keys": "a key between the dots",
  "Keys cannot end with a dot": "a key after the dot",
  "Keys cannot start with a dot": "a key before the dot",
};

/** Messages that do not say what a value may be. */
const VAGUE = [
  "Unexpected character",
  "Unexpected token",
  "Unspecified values are invalid",
  "The key, equals sign, and value must be on the same line",
];
const VALUE = 'a value: a string in quotes, a number, true, false, "[" or "{"';

/** Reports what stopped the library. */
export function reportSyntax(text: string, error: unknown, findings: Findings): void {
  const syntax = { code: "toml_syntax", path: "", cannot: "read the manifest as TOML" } as const;
  if (error instanceof ParseError) {
    const offset = Math.min(error.index, text.length);
    const at = { line: error.lineNumber, column: error.column + 1 };
    // After "key =" the library calls what follows unexpected, often on another line.
    const before = text.slice(0, offset).trimEnd();
    if (before.endsWith("=") && VAGUE.includes(error.message)) {
      const sameLine = !text.slice(before.length, offset).includes("\n");
      const got = sameLine ? describeAt(text, offset) : "the end of the line";
      report(findings, { ...syntax, at: sameLine ? at : endOf(before), wanted: VALUE, got });
      return;
    }
    const wanted = WANTED[error.message];
    const again = error.message === "Defining a key multiple times is invalid";
    const got = again ? "it again" : describeAt(text, offset);
    report(findings, { ...syntax, at, wanted: wanted ?? `valid TOML (${error.message.toLowerCase()})`, got });
    return;
  }
  if (!(error instanceof RangeError)) throw error;
  // The library recurses: a text that nests without end runs it out of stack, sooner in one runtime than in another.
  const wanted = "less deeply nested arrays and inline tables";
  report(findings, { ...syntax, at: { line: 1, column: 1 }, wanted, got: "more than the stack holds" });
}

function endOf(text: string): Place {
  const lineStart = text.lastIndexOf("\n") + 1;
  return { line: text.split("\n").length, column: text.length - lineStart + 1 };
}
