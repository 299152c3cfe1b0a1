import { catalogue, commandNames } from "../catalogue.ts";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import { exitCode } from "../exit_code.ts";
import { helpOnAll, helpOnCommand } from "../help.ts";
import { nearest } from "../../spelling/mod.ts";
import { optional } from "../option.ts";
import { text } from "../readers.ts";

/** `theater help [command]` */
export const help = defineCommand({
  name: "help",
  summary: "Show this list, or what a command takes",
  options: {},
  operands: { command: optional(text("<command>", "a command"), "the command to explain") },
  examples: [
    { line: "theater help", note: "all commands" },
    { line: "theater help log", note: "the options of log, with examples" },
  ],
  async run({ operands, context: { out } }) {
    const columns = out.columns ?? 80;
    if (operands.command === undefined) {
      await out.write(helpOnAll(out.style, columns));
      return exitCode.done;
    }
    const entry = catalogue.find(({ name }) => name === operands.command);
    if (entry === undefined) {
      const closest = nearest(operands.command, commandNames);
      throw new CliError({
        code: "unknown_command",
        got: operands.command,
        ...(closest === undefined ? {} : { nearest: closest }),
      });
    }
    await out.write(helpOnCommand(await entry.load(), out.style, columns));
    return exitCode.done;
  },
});
