import { parseEntry } from "../chain/mod.ts";
import type { ChainReplay, DivergenceReport, PassedOver } from "../replay/mod.ts";
import type { LogReader } from "../store/mod.ts";
import { formatEntryLine } from "./entry_line.ts";
import { printable, widthOf } from "./printable.ts";
import { countOf, formatCount } from "./quantity.ts";
import type { Style } from "./style.ts";

/** Stretches that are shown of one actor; `--json` shows all. */
const stretchesShownMax = 10;

/** What all chains came to. */
export interface ReplayTotals {
  readonly reproduced: number;
  readonly turns: number;
  /** The engines that they were recorded on. */
  readonly recordedOn: readonly string[];
}

/** Adds up chains. */
export function totalOf(chains: readonly ChainReplay[]): ReplayTotals {
  const sum = (count: (chain: ChainReplay) => number) => chains.reduce((all, chain) => all + count(chain), 0);
  return {
    reproduced: sum(({ reproduced }) => reproduced),
    turns: sum(({ turns }) => turns),
    recordedOn: [...new Set(chains.flatMap(({ engines }) => engines))],
  };
}

/** A replay for people: a line an actor, what it amounts to, what was not run, and where it went another way. */
export function formatReplay(
  reader: LogReader,
  chains: readonly ChainReplay[],
  engine: string,
  { style, columns }: { readonly style: Style; readonly columns?: number },
): string {
  const width = Math.max(0, ...chains.map(({ address }) => widthOf(printable(address))));
  const lines = chains.map((chain) => chainLine(chain, width, style));
  const { reproduced, turns, recordedOn } = totalOf(chains);
  const recorded = recordedOn.length === 0 ? "" : `, recorded on ${recordedOn.join(" and ")}`;
  const headline = style.bold(
    printable(`reproduced ${countOf(reproduced, "turn")} of ${formatCount(turns)} on ${engine}${recorded}`),
  );
  const diverged = chains.flatMap(({ divergences }) => divergences.slice(0, 1));
  lines.push("", diverged.length === 0 ? headline : style.red(headline));
  if (chains.some(({ passedOver }) => passedOver.length > 0)) {
    lines.push("", "not run again", ...chains.flatMap(passedOverLines));
  }
  for (const report of diverged) lines.push("", ...divergenceLines(reader, report, style, columns));
  if (chains.some(({ fresh }) => fresh !== undefined)) {
    lines.push("", ...freshLines(chains));
    for (const { fresh } of chains) {
      if (fresh?.first === undefined) continue;
      lines.push("", ...divergenceLines(reader, fresh.first, style, columns));
    }
  }
  return `${lines.join("\n")}\n`;
}

function chainLine(chain: ChainReplay, width: number, style: Style): string {
  const { address, activations, turns, reproduced, divergences, partsPassedOver } = chain;
  const mark = divergences.length > 0
    ? style.red("✗")
    : reproduced === turns
    ? style.green("✓")
    : style.dim("–");
  const name = printable(address);
  return [
    `${mark} ${name}${" ".repeat(width - widthOf(name))}`,
    `${formatCount(reproduced)} of ${countOf(turns, "turn")}`,
    style.dim([
      countOf(activations, "activation"),
      ...(partsPassedOver === 0 ? [] : [`${countOf(partsPassedOver, "part")} not compared`]),
    ].join(", ")),
  ].join("  ");
}

/** What the turns did in fresh instances. */
function freshLines(chains: readonly ChainReplay[]): string[] {
  const turns = chains.reduce((sum, { fresh }) => sum + (fresh?.turns ?? 0), 0);
  const depending = chains.filter(({ fresh }) => fresh?.first !== undefined);
  if (depending.length === 0) {
    return [`no actor depends on hidden state: ${countOf(turns, "turn")} did the same in a fresh instance`];
  }
  return [
    "in a fresh instance, on the recorded state, other things were done by",
    ...depending.map(({ address, fresh }) =>
      printable(
        `  ${address}: ${formatCount(fresh?.differing ?? 0)} of ${countOf(fresh?.turns ?? 0, "turn")}, ` +
          `first turn ${fresh?.first?.turn}`,
      )
    ),
  ];
}

function passedOverLines({ address, passedOver }: ChainReplay): string[] {
  const shown = passedOver.slice(0, stretchesShownMax).map(({ turns, turn, detail }: PassedOver) => {
    const which = turns === 1 ? `turn ${turn}` : `turns ${turn} to ${turn + turns - 1}`;
    return `  ${printable(`${address}, ${which}: ${detail}`)}`;
  });
  const rest = passedOver.length - shown.length;
  return rest > 0 ? [...shown, `  … and ${rest} more; --json shows all`] : shown;
}

function divergenceLines(
  reader: LogReader,
  report: DivergenceReport,
  style: Style,
  columns: number | undefined,
): string[] {
  const { address, turn, seq, detail, path, expected, got, before, causes } = report;
  const lines = [
    style.bold(style.red(printable(`${address}, turn ${turn}, entry ${seq}: ${detail}`))),
    ...(report.function === undefined ? [] : [`  function  ${printable(report.function)}`]),
    ...(path === undefined ? [] : [`  at        ${printable(path)}`]),
    `  expected  ${expected === undefined ? style.dim(missing(report)) : printable(expected)}`,
    `  got       ${got === undefined ? style.dim("nothing") : printable(got)}`,
  ];
  if (expected !== undefined && got !== undefined) {
    lines.push(
      style.red(`            ${" ".repeat(widthOf(commonStart(printable(expected), printable(got))))}^`),
    );
  }
  lines.push("  just before");
  for (const each of before) {
    const stored = reader.entry(address, each);
    if (stored === undefined) continue;
    const layout = { style, utc: false, dated: false, seqColumns: String(seq).length };
    const room = columns === undefined ? {} : { columns: Math.max(40, columns - 4) };
    const line = formatEntryLine(address, parseEntry(stored.text), reader.parts(address, each), {
      ...layout,
      ...room,
    });
    lines.push(`    ${line.trimEnd()}`);
  }
  return [...lines, "  it may come from", ...causes.map((cause) => `    ${printable(cause)}`)];
}

/** Why there is nothing to show of what was expected. */
function missing({ what }: DivergenceReport): string {
  return what === "state" ? "not kept: the log commits to a state that replay gives back" : "nothing";
}

function commonStart(a: string, b: string): string {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((character, k) => character !== right[k]);
  return left.slice(0, at < 0 ? left.length : at).join("");
}
