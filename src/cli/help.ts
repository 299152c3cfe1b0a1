import type { CommandAbout } from "./command.ts";
import { catalogue, groups } from "./catalogue.ts";
import { globalOptions } from "./global_options.ts";
import type { OperandTable, Option, OptionTable } from "./option.ts";
import { widthOf } from "./printable.ts";
import type { Style } from "./style.ts";

const narrowest = 40;
const widest = 100;

/** What `theater help` prints. */
export function helpOnAll(style: Style, columns: number): string {
  const lines = [
    "Theater runs WebAssembly components as actors and records everything that",
    "crosses their boundary.",
    "",
    `${style.bold("Usage")}  theater <command> [options]`,
  ];
  for (const group of groups) {
    const members = catalogue.filter((entry) => entry.group === group);
    const rows = members.map((
      { name, operands, summary },
    ): Row => [`${name} ${operands}`.trimEnd(), summary]);
    lines.push("", style.bold(group), ...table(rows, columns, 22));
  }
  lines.push("", style.bold("With every command"), ...table(optionRows(globalOptions), columns, 22));
  lines.push("", '"theater help <command>" shows what a command takes, with examples.');
  return `${lines.join("\n")}\n`;
}

/** What `theater help <command>` prints. */
export function helpOnCommand(command: CommandAbout, style: Style, columns: number): string {
  const operands = Object.values(command.operands);
  const usage = [
    "theater",
    command.name,
    ...operands.map(usageOf),
    "[options]",
  ];
  const lines = [command.summary, "", `${style.bold("Usage")}  ${usage.join(" ")}`];
  for (const paragraph of command.details ?? []) lines.push("", ...wrap(paragraph, clamp(columns)));
  if (operands.length > 0) {
    lines.push("", ...table(operands.map(({ reader, help }): Row => [reader.placeholder, help]), columns));
  }
  if (Object.keys(command.options).length > 0) {
    lines.push("", style.bold("Options"), ...table(optionRows(command.options), columns));
  }
  lines.push("", style.bold("With every command"), ...table(optionRows(globalOptions), columns));
  lines.push("", style.bold("Examples"));
  for (const { line, note } of command.examples) lines.push(`  ${line}`, style.dim(`      ${note}`));
  return `${lines.join("\n")}\n`;
}

type Row = readonly [left: string, right: string];

function usageOf(operand: OperandTable[string]): string {
  const { required, reader: { placeholder } } = operand;
  if (required) return placeholder;
  return asOptional(placeholder) + ("many" in operand ? "…" : "");
}

function asOptional(placeholder: string): string {
  return `[${placeholder.replace(/^<(.*)>$/, "$1")}]`;
}

function optionRows(options: OptionTable): readonly Row[] {
  return Object.entries(options).map(([name, option]): Row => [spell(name, option), option.help]);
}

function spell(name: string, option: Option): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  return `${short}--${name}${option.kind === "flag" ? "" : ` ${option.reader.placeholder}`}`;
}

/** Two columns, the right one wrapped. */
function table(rows: readonly Row[], columns: number, leftLeast = 0): readonly string[] {
  const left = Math.max(leftLeast, ...rows.map(([word]) => widthOf(word)));
  const indent = " ".repeat(left + 4);
  return rows.flatMap(([word, text]) => {
    const [first = "", ...rest] = wrap(text, clamp(columns) - indent.length);
    return [`  ${word.padEnd(left)}  ${first}`, ...rest.map((line) => indent + line)];
  });
}

function clamp(columns: number): number {
  return Math.min(widest, Math.max(narrowest, columns));
}

/** Breaks text at its spaces into lines of at most `columns`. */
function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
