import { test } from "node:test";
import { deepEqual, throws } from "node:assert/strict";
import { parseArguments } from "./arguments.ts";
import { CliError, type CliFault } from "./cli_error.ts";
import { flag, list, many, optional, required, value } from "./option.ts";
import { choice, text, wholeNumber } from "./readers.ts";

const options = {
  wide: flag("wide", "w"),
  last: value(wholeNumber("<n>", 1), "newest", "n"),
  kind: list(choice("<kind>", ["call", "trap"]), "kinds"),
} as const;
const operands = {
  actor: required(text("<actor>"), "actor"),
  seq: optional(wholeNumber("<seq>"), "seq"),
} as const;
const parse = (args: readonly string[]) => parseArguments(args, "test", options, operands);

test("parseArguments() gives every option and operand of the tables", () => {
  deepEqual(parse(["bank"]), {
    options: { wide: false, last: undefined, kind: [] },
    global: {
      db: undefined,
      "cache-dir": undefined,
      "data-dir": undefined,
      json: false,
      "no-color": false,
      help: false,
    },
    operands: { actor: "bank" },
  });
  deepEqual(parse(["--kind", "call", "bank", "-wn", "5", "7", "--kind=trap", "--json", "--db=a b.db"]), {
    options: { wide: true, last: 5, kind: ["call", "trap"] },
    global: {
      db: "a b.db",
      "cache-dir": undefined,
      "data-dir": undefined,
      json: true,
      "no-color": false,
      help: false,
    },
    operands: { actor: "bank", seq: 7 },
  });
});

test("parseArguments() takes the last of several values", () => {
  deepEqual(parse(["bank", "--last", "1", "--last", "2"]).options.last, 2);
});

test("parseArguments() takes what follows -- as it is, and - as a word", () => {
  deepEqual(parse(["--", "--wide"]).operands, { actor: "--wide" });
  deepEqual(parse(["-"]).operands, { actor: "-" });
});

test("parseArguments() gives any number of words to the last operand that takes many", () => {
  const table = { file: required(text("<file>"), "file"), more: many(wholeNumber("<n>"), "numbers") };
  const read = (args: readonly string[]) => parseArguments(args, "test", options, table).operands;
  deepEqual(read(["a"]), { file: "a", more: [] });
  deepEqual(read(["a", "1", "--wide", "2", "3"]), { file: "a", more: [1, 2, 3] });
  throws(
    () => read(["a", "1", "x"]),
    (error) => error instanceof CliError && error.fault.code === "bad_value",
  );
});

const refusals: readonly (readonly [args: readonly string[], code: CliFault["code"]])[] = [
  [["bank", "--constructor"], "unknown_option"],
  [["bank", "--__proto__=x"], "unknown_option"],
  [["bank", "-x"], "unknown_option"],
  [["bank", "--last"], "missing_value"],
  [["bank", "--last", "--wide"], "missing_value"],
  [["bank", "--last="], "bad_value"],
  [["bank", "--last", "0"], "bad_value"],
  [["bank", "--last", "1e3"], "bad_value"],
  [["bank", "--kind", "receive"], "bad_value"],
  [["bank", "--wide=1"], "unwanted_value"],
  [["bank", "seven"], "bad_value"],
  [["bank", "7", "8"], "extra_operand"],
  [[""], "bad_value"],
  [[], "missing_operand"],
];

for (const [args, code] of refusals) {
  test(`parseArguments() refuses ${JSON.stringify(args)} with ${code}`, () => {
    throws(() => parse(args), (error) => error instanceof CliError && error.fault.code === code);
  });
}
