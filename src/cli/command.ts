import { resolve } from "node:path";
import { useFolders } from "../platform/mod.ts";
import { parseArguments } from "./arguments.ts";
import type { Context, GlobalOptions } from "./context.ts";
import type { ExitCode } from "./exit_code.ts";
import type { OperandTable, OperandValues, OptionTable, OptionValues } from "./option.ts";

/** One line that a user can type, and what it is good for. */
export interface Example {
  readonly line: string;
  readonly note: string;
}

/** What a command says of itself; help and shell completion are made of it. */
export interface CommandAbout {
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** Paragraphs that help shows below the usage. */
  readonly details?: readonly string[];
  readonly options: OptionTable;
  readonly operands: OperandTable;
  readonly examples: readonly Example[];
}

/** What a command is given to work with. */
export interface Invocation<O extends OptionTable, P extends OperandTable> {
  readonly options: OptionValues<O>;
  readonly operands: OperandValues<P>;
  readonly global: GlobalOptions;
  readonly context: Context;
}

/** A command, ready to be called. */
export interface Command extends CommandAbout {
  /**
   * Reads the words after the command's name and does what they say.
   *
   * @returns the exit code; a command never ends the process
   * @throws {CliError} and errors of the rooms it uses, which `main` explains
   */
  readonly call: (args: readonly string[], context: Context) => Promise<ExitCode>;
}

/** Ties the tables of a command to the types that its `run` receives. */
export function defineCommand<O extends OptionTable, P extends OperandTable>(
  definition: CommandAbout & {
    readonly options: O;
    readonly operands: P;
    readonly run: (invocation: Invocation<O, P>) => Promise<ExitCode>;
  },
): Command {
  const { run, ...about } = definition;
  return {
    ...about,
    call: (args, context) => {
      const { options, operands, global } = parseArguments(args, about.name, about.options, about.operands);
      const place = (path: string | undefined) =>
        path === undefined ? undefined : resolve(context.folder, path);
      useFolders({ cache: place(global["cache-dir"]), data: place(global["data-dir"]) });
      return run({ options, operands, global, context });
    },
  };
}
