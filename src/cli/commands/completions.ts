import { catalogue } from "../catalogue.ts";
import { defineCommand } from "../command.ts";
import { type Completable, completionScript, shells } from "../completion_script.ts";
import { exitCode } from "../exit_code.ts";
import { globalOptions } from "../global_options.ts";
import { required } from "../option.ts";
import { choice } from "../readers.ts";

/** `theater completions <shell>` */
export const completions = defineCommand({
  name: "completions",
  summary: "Print a completion script for bash, zsh or fish",
  details: ["Completes commands, options and the words that options take. It does not look into logs."],
  options: {},
  operands: { shell: required(choice("<shell>", shells), "bash, zsh or fish") },
  examples: [
    { line: 'eval "$(theater completions bash)"', note: "in ~/.bashrc; the same with zsh in ~/.zshrc" },
    { line: "theater completions fish | source", note: "in ~/.config/fish/config.fish" },
  ],
  async run({ operands, context: { out } }) {
    const commands = await Promise.all(
      catalogue.map(async ({ name, summary, load }): Promise<Completable> => {
        const { options } = await load();
        return { name, summary, options: { ...options, ...globalOptions } };
      }),
    );
    await out.write(completionScript(operands.shell, commands));
    return exitCode.done;
  },
});
