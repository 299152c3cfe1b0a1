import type { ProofFinding, ProofVerdict } from "../proof/mod.ts";
import { type Coverage, describeFault, type Level, type Verdict } from "../verify/mod.ts";
import { printable } from "./printable.ts";
import { countOf } from "./quantity.ts";
import type { Style } from "./style.ts";

/** Faults that are shown of one level; `--json` shows all. */
const faultsShownMax = 20;

/** A verdict for people: a line a level, what it amounts to, what it does not speak of, and what is wrong. */
export function formatVerdict(verdict: Verdict, style: Style): string {
  const gaps = coverageLines(verdict.coverage);
  const lines = [
    ...verdict.levels.map((level) => levelLine(level, style)),
    `${mark(gaps.length === 0 ? "ok" : "unchecked", style)} ${"coverage".padEnd(11)} ${
      gaps.length === 0 ? "everything that there is" : "not everything, see below"
    }`,
    "",
    headline(verdict.headline, verdict.exit, style),
  ];
  if (gaps.length > 0) lines.push("", "not covered", ...gaps.map((gap) => `  ${gap}`));
  for (const level of verdict.levels) {
    if (level.faultCount > 0) lines.push("", ...faultLines(level, style));
  }
  return `${lines.join("\n")}\n`;
}

/** A verdict on a proof for people. */
export function formatProofVerdict(verdict: ProofVerdict, style: Style): string {
  const lines = verdict.entries.map(({ seq, kind, hash }) => {
    const wrong = verdict.findings.some((finding) => finding.seq === seq && finding.weight === "refutes");
    return `${mark(wrong ? "failed" : "ok", style)} entry ${seq}  ${kind}  ${style.dim(hash)}`;
  });
  lines.push("", headline(verdict.headline, verdict.exit, style));
  const section = (title: string, what: readonly string[]) => {
    if (what.length > 0) lines.push("", title, ...what.map((line) => `  ${printable(line)}`));
  };
  section("shown", verdict.shows);
  section("not shown", verdict.showsNot);
  section("faults", verdict.findings.slice(0, faultsShownMax).map(findingLine));
  if (verdict.findings.length > faultsShownMax) {
    lines.push(
      `  … and ${countOf(verdict.findings.length - faultsShownMax, "more", "more")}; --json shows all`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function findingLine({ code, seq, part, message }: ProofFinding): string {
  const place = [
    ...(seq === undefined ? [] : [`entry ${seq}`]),
    ...(part === undefined ? [] : [`part ${part}`]),
  ];
  return `${place.length === 0 ? "" : `${place.join(", ")}: `}${code}: ${message}`;
}

function levelLine({ level, status, summary, faultCount }: Level, style: Style): string {
  const said = status === "failed" ? `${countOf(faultCount, "fault")} in ${summary}` : summary;
  const line = `${level.padEnd(11)} ${printable(said)}`;
  return `${mark(status, style)} ${status === "unchecked" ? style.dim(line) : line}`;
}

function mark(status: Level["status"], style: Style): string {
  switch (status) { // No default: a new status fails to compile here.
    case "ok":
      return style.green("✓");
    case "failed":
      return style.red("✗");
    case "unchecked":
      return style.dim("–");
  }
}

function headline(text: string, exit: Verdict["exit"], style: Style): string {
  const said = style.bold(printable(text));
  return exit === 0 ? said : style.red(said);
}

function faultLines({ level, faults, faultCount }: Level, style: Style): readonly string[] {
  const shown = faults.slice(0, faultsShownMax).map((fault) => `  ${printable(describeFault(fault))}`);
  const rest = faultCount - shown.length;
  return [
    `${style.red(level)}: ${countOf(faultCount, "fault")}`,
    ...shown,
    ...(rest > 0
      ? [`  … and ${rest} more; --json shows ${faults.length < faultCount ? "the first thousand" : "all"}`]
      : []),
  ];
}

/** What a verdict does not speak of, in words. */
function coverageLines(coverage: Coverage): readonly string[] {
  const { parts, absentSenders } = coverage;
  const lines: readonly (readonly [count: number, words: string])[] = [
    [parts.withheld, `${countOf(parts.withheld, "part")} withheld from this bundle`],
    [parts.erased, `${countOf(parts.erased, "part")} erased, as an entry says`],
    [
      coverage.prunedEntries,
      `${countOf(coverage.prunedEntries, "entry", "entries")} pruned, as an entry says`,
    ],
    [parts.pruned, `${countOf(parts.pruned, "part")} pruned, as an entry says`],
    [
      coverage.erasuresOpen,
      `${countOf(coverage.erasuresOpen, "part")} that an entry erases and that ${
        coverage.erasuresOpen === 1 ? "is" : "are"
      } still here`,
    ],
    [
      parts.derivable,
      `${countOf(parts.derivable, "state")} not kept, as replay gives ${
        parts.derivable === 1 ? "it" : "them"
      } back`,
    ],
    [coverage.absentBlobs, `${countOf(coverage.absentBlobs, "component")} not here`],
    [
      coverage.abandoned === null ? 0 : 1,
      `an earlier tree of this node, given up at ${coverage.abandoned?.split(" ")[0]} leaves`,
    ],
    [
      coverage.unsealedEntries,
      `${countOf(coverage.unsealedEntries, "entry", "entries")} after the last seal`,
    ],
    [
      coverage.unsignedLeaves,
      `${countOf(coverage.unsignedLeaves, "leaf", "leaves")} that no checkpoint vouches for`,
    ],
    [
      coverage.absentLeaves,
      `${
        countOf(coverage.absentLeaves, "seal")
      } of actors that are not here, or later ones of those that are`,
    ],
    [
      absentSenders.messages,
      `${countOf(absentSenders.messages, "message")} from ${
        countOf(absentSenders.senders, "sender")
      } not here`,
    ],
    [coverage.absentNews, `${countOf(coverage.absentNews, "head")} that news name of children not here`],
    [
      coverage.uncheckedForks,
      `${countOf(coverage.uncheckedForks, "fork")} off ${
        coverage.uncheckedForks === 1 ? "a chain" : "chains"
      } not here, or pruned there`,
    ],
    [
      coverage.unsignedForks,
      `${countOf(coverage.unsignedForks, "fork")} off another node, whose key was not given (--key)`,
    ],
    [coverage.turnsNotReplayed, `${countOf(coverage.turnsNotReplayed, "turn")} not run again`],
  ];
  return lines.filter(([count]) => count > 0).map(([, words]) => words);
}
