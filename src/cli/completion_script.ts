import type { OptionTable } from "./option.ts";

/** The shells that are known. */
export const shells = ["bash", "zsh", "fish"] as const;

/** A command as completion sees it. */
export interface Completable {
  readonly name: string;
  readonly summary: string;
  readonly options: OptionTable;
}

/** A script that teaches a shell the commands and their options. */
export function completionScript(shell: (typeof shells)[number], commands: readonly Completable[]): string {
  switch (shell) {
    case "bash":
      return bashScript(commands);
    case "zsh":
      return `autoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`;
    case "fish":
      return fishScript(commands);
  }
}

function bashScript(commands: readonly Completable[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const cases = commands.flatMap(({ name, options }) => {
    const values = Object.entries(options).flatMap(([option, each]) =>
      each.kind !== "flag" && each.reader.choices !== undefined
        ? [`    "${name} --${option}") words="${each.reader.choices.join(" ")}" ;;`]
        : []
    );
    const dashed = Object.keys(options).map((option) => `--${option}`).join(" ");
    return [...values, `    "${name} "*) words="${dashed}" ;;`];
  });
  return `_theater() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${names}"
  else case "\${COMP_WORDS[1]} $previous" in
${cases.join("\n")}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _theater theater
`;
}

function fishScript(commands: readonly Completable[]): string {
  const lines = commands.flatMap(({ name, summary, options }) => [
    `complete -c theater -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
    ...Object.entries(options).map(([option, each]) => {
      const short = each.short === undefined ? "" : ` -s ${each.short}`;
      const choices = each.kind === "flag" ? undefined : each.reader.choices;
      const value = each.kind === "flag"
        ? ""
        : choices === undefined
        ? " -r"
        : ` -x -a ${quote(choices.join(" "))}`;
      return `complete -c theater -n '__fish_seen_subcommand_from ${name}' -l ${option}${short}${value} -d ${
        quote(each.help)
      }`;
    }),
  ]);
  return `${lines.join("\n")}\n`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
