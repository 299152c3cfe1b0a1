/**
 * Words of the command line to values: `parseArgs` of `node:util` finds the
 * tokens, the tables of {@linkcode "./option.ts"} say what they mean.
 *
 * Strict, but not by `parseArgs` itself: its messages differ between runtimes
 * and name neither what was wanted nor the nearest thing that exists.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { CliError } from "./cli_error.ts";
import { globalOptions } from "./global_options.ts";
import { nearest } from "../spelling/mod.ts";
import type { OperandTable, OperandValues, OptionTable, OptionValues, Reader } from "./option.ts";

/** What a command was given. */
export interface Arguments<O extends OptionTable, P extends OperandTable> {
  readonly options: OptionValues<O>;
  readonly global: OptionValues<typeof globalOptions>;
  readonly operands: OperandValues<P>;
}

/** One token; `index` is that of the word in the arguments. */
type Token =
  | {
    readonly kind: "option";
    readonly index: number;
    readonly name: string;
    readonly rawName: string;
    readonly value?: string | undefined;
    readonly inlineValue?: boolean | undefined;
  }
  | { readonly kind: "positional"; readonly index: number; readonly value: string }
  | { readonly kind: "option-terminator"; readonly index: number };

/** Cuts `args` into tokens by the options of `table`; an option that is not there counts as a flag. */
export function tokenize(args: readonly string[], table: OptionTable): readonly Token[] {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, option]) => [name, {
      type: option.kind === "flag" ? "boolean" as const : "string" as const,
      ...(option.short === undefined ? {} : { short: option.short }),
    }]),
  );
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

/**
 * Reads the arguments of one command.
 *
 * @param args the words after the command, its name left out
 * @throws {CliError} on the first word that does not fit
 */
export function parseArguments<O extends OptionTable, P extends OperandTable>(
  args: readonly string[],
  command: string,
  optionTable: O,
  operandTable: P,
): Arguments<O, P> {
  const given = new Map<string, unknown[]>();
  const words: string[] = [];
  const table = { ...optionTable, ...globalOptions };
  for (const token of tokenize(args, table)) {
    if (token.kind === "positional") words.push(token.value);
    else if (token.kind === "option") readOption(token, command, table, given);
  }
  return {
    options: gather(optionTable, given),
    global: gather(globalOptions, given),
    // Filled by its table, name by name, which is what the mapped type says.
    operands: readOperands(words, command, operandTable) as OperandValues<P>,
  };
}

function gather<O extends OptionTable>(
  table: O,
  given: ReadonlyMap<string, readonly unknown[]>,
): OptionValues<O> {
  const options: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(table)) {
    const values = given.get(name) ?? [];
    const value = option.kind === "list" ? values : values.at(-1);
    options[name] = option.kind === "flag" ? values.length > 0 : value;
  }
  return options as OptionValues<O>; // As above.
}

function readOption(
  token: Extract<Token, { kind: "option" }>,
  command: string,
  table: OptionTable,
  given: Map<string, unknown[]>,
): void {
  const option = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
  if (option === undefined) {
    const closest = token.rawName.startsWith("--") ? nearest(token.name, Object.keys(table)) : undefined;
    throw new CliError({
      code: "unknown_option",
      got: token.rawName,
      command,
      ...(closest === undefined ? {} : { nearest: `--${closest}` }),
    });
  }
  const values = given.get(token.name) ?? [];
  given.set(token.name, values);
  if (option.kind === "flag") {
    if (token.value !== undefined) {
      throw new CliError({ code: "unwanted_value", option: token.rawName, got: token.value });
    }
    values.push(true);
    return;
  }
  const { wanted } = option.reader;
  if (token.value === undefined) throw new CliError({ code: "missing_value", option: token.rawName, wanted });
  if (!token.inlineValue && /^-./.test(token.value)) {
    throw new CliError({ code: "missing_value", option: token.rawName, wanted, got: token.value });
  }
  values.push(readWord(token.rawName, token.value, option.reader, command));
}

function readOperands(
  words: readonly string[],
  command: string,
  table: OperandTable,
): Record<string, unknown> {
  const entries = Object.entries(table);
  const last = entries.at(-1)?.[1];
  const extra = last !== undefined && "many" in last ? undefined : words[entries.length];
  if (extra !== undefined) throw new CliError({ code: "extra_operand", got: extra, command });
  const operands: Record<string, unknown> = {};
  for (const [position, [name, operand]] of entries.entries()) {
    const { reader } = operand;
    if ("many" in operand) {
      operands[name] = words.slice(position).map((word) =>
        readWord(reader.placeholder, word, reader, command)
      );
      continue;
    }
    const word = words[position];
    if (word !== undefined) {
      operands[name] = readWord(operand.reader.placeholder, word, operand.reader, command);
    } else if (operand.required) {
      throw new CliError({ code: "missing_operand", operand: operand.reader.placeholder, command });
    }
  }
  return operands;
}

function readWord(name: string, word: string, reader: Reader<unknown>, command: string): unknown {
  const read = reader.read(word);
  if (read !== undefined) return read;
  const closest = nearest(word, reader.choices ?? []);
  throw new CliError({
    code: "bad_value",
    name,
    wanted: reader.wanted,
    got: word,
    command,
    ...(closest === undefined ? {} : { nearest: closest }),
  });
}
