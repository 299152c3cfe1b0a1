import { tokenize } from "./arguments.ts";
import { catalogue, type CatalogueEntry, commandNames } from "./catalogue.ts";
import { CliError } from "./cli_error.ts";
import { type Context, OutputClosed } from "./context.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";
import { explain } from "./explain.ts";
import { globalOptions } from "./global_options.ts";
import { helpOnAll } from "./help.ts";
import { engineVariable } from "../platform/mod.ts";
import { nearest } from "../spelling/mod.ts";
import { writeReport } from "./report.ts";

/**
 * Runs one command line.
 *
 * Everything that goes wrong is reported on `context.err`: one line that begins
 * with `error:`, then what to do next; with `--json` one JSON object.
 *
 * @param args the words after the program's name
 * @returns the exit code; never throws, never ends the process
 */
export async function main(args: readonly string[], context: Context): Promise<ExitCode> {
  try {
    return await dispatch(args, context);
  } catch (error) {
    if (error instanceof OutputClosed) return exitCode.done;
    const report = await explain(error);
    // Where not even standard error is read any more, the exit code has to do.
    await writeReport(report, context.err, hasFlag(args, "--json")).catch(() => {});
    return report.exit;
  }
}

/** Whether a flag stands anywhere before `--`; for what must be known before, or although, parsing fails. */
export function hasFlag(args: readonly string[], flag: string): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).includes(flag);
}

async function dispatch(args: readonly string[], context: Context): Promise<ExitCode> {
  const variable = engineVariable();
  if (variable !== undefined) throw new CliError({ code: "engine_variable", name: variable });
  const wantsHelp = hasFlag(args, "--help") || hasFlag(args, "-h");
  const word = findCommandWord(args);
  if (word === undefined) {
    if (wantsHelp) return (await load("help")).call([], context);
    if (hasFlag(args, "--version")) return (await load("version")).call(without(args, "--version"), context);
    if (args.length > 0) throw new CliError({ code: "no_command" });
    const { err } = context;
    await err.write(helpOnAll(err.style, err.columns ?? 80));
    return exitCode.failed;
  }
  const entry = findEntry(word.name);
  if (wantsHelp) return (await load("help")).call([entry.name], context);
  const command = await entry.load();
  return command.call([...args.slice(0, word.index), ...args.slice(word.index + 1)], context);
}

/** The first word that is neither an option of every command nor its value. */
function findCommandWord(args: readonly string[]): { name: string; index: number } | undefined {
  for (const token of tokenize(args, globalOptions)) {
    if (token.kind === "positional") return { name: token.value, index: token.index };
    if (token.kind === "option" && !Object.hasOwn(globalOptions, token.name) && token.name !== "version") {
      throw new CliError({ code: "unknown_option", got: token.rawName });
    }
  }
  return undefined;
}

function findEntry(name: string): CatalogueEntry {
  const entry = catalogue.find((one) => one.name === name);
  if (entry !== undefined) return entry;
  const closest = nearest(name, commandNames);
  throw new CliError({
    code: "unknown_command",
    got: name,
    ...(closest === undefined ? {} : { nearest: closest }),
  });
}

function load(name: "help" | "version") {
  return findEntry(name).load();
}

function without(args: readonly string[], word: string): readonly string[] {
  return args.filter((one) => one !== word);
}
