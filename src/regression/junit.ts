/**
 * A result as JUnit XML, which continuous integration reads.
 *
 * @module
 */

import { fieldText } from "./accepted_list.ts";
import type { ReplayedActor, ReplayedTurn, ReplayResult, StaleDifference } from "./replay_result.ts";

/** Most test cases of one actor: beyond, turns that did the same are told as one. */
const casesMax = 2000;

/** One test case. */
interface Case {
  readonly name: string;
  readonly failure?: { readonly type: string; readonly message: string; readonly text: string };
  readonly error?: string;
  readonly skipped?: string;
}

/**
 * Writes a result as JUnit XML: a suite for each actor, a case for each turn.
 * Turns that were not compared are skipped, or an error where the fault lies here.
 */
export function junitXml(result: ReplayResult): string {
  const suites = result.actors.map((actor) => {
    const stale = result.stale.filter(({ chain }) => chain === actor.chain);
    return suiteXml(`${actor.recording}: ${actor.actor}`, actor.actor, casesOf(actor, stale));
  });
  return documentXml(suites);
}

/** What could not be tested at all, as JUnit XML. */
export function junitError(against: string, message: string): string {
  return documentXml([suiteXml(against, against, [{ name: "theater test", error: message }])]);
}

interface Suite {
  readonly xml: string;
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function documentXml(suites: readonly Suite[]): string {
  const total = (of: (suite: Suite) => number) => suites.reduce((sum, suite) => sum + of(suite), 0);
  const counts = countsXml({
    tests: total(({ tests }) => tests),
    failures: total(({ failures }) => failures),
    errors: total(({ errors }) => errors),
    skipped: total(({ skipped }) => skipped),
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="theater test" ${counts}>\n` +
    `${suites.map(({ xml }) => xml).join("")}</testsuites>\n`;
}

function suiteXml(name: string, className: string, cases: readonly Case[]): Suite {
  const counts = {
    tests: cases.length,
    failures: cases.filter(({ failure }) => failure !== undefined).length,
    errors: cases.filter(({ error }) => error !== undefined).length,
    skipped: cases.filter(({ skipped }) => skipped !== undefined).length,
  };
  const body = cases.map((each) => caseXml(className, each)).join("");
  return {
    ...counts,
    xml: `  <testsuite name="${escaped(name)}" ${countsXml(counts)}>\n${body}  </testsuite>\n`,
  };
}

function countsXml({ tests, failures, errors, skipped }: Omit<Suite, "xml">): string {
  return `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
}

function caseXml(className: string, { name, failure, error, skipped }: Case): string {
  const open = `    <testcase classname="${escaped(className)}" name="${escaped(name)}"`;
  const inner = failure !== undefined
    ? `<failure type="${escaped(failure.type)}" message="${escaped(failure.message)}">${
      escaped(failure.text)
    }</failure>`
    : error !== undefined
    ? `<error message="${escaped(error)}"/>`
    : skipped !== undefined
    ? `<skipped message="${escaped(skipped)}"/>`
    : undefined;
  return inner === undefined ? `${open}/>\n` : `${open}>${inner}</testcase>\n`;
}

function casesOf(actor: ReplayedActor, stale: readonly StaleDifference[]): Case[] {
  const differing = new Map(actor.differing.map((turn) => [turn.turn, turn]));
  const cases: Case[] = [];
  for (const { turn, detail } of actor.divergences) {
    cases.push({
      name: `turn ${turn}`,
      error: `not even the recorded code does what is recorded: ${detail}`,
    });
  }
  for (const { code, turn, turns, detail } of actor.passedOver) {
    const name = turns === 1 ? `turn ${turn}` : `turns ${turn} to ${turn + turns - 1}`;
    cases.push(errors.has(code) ? { name, error: detail } : { name, skipped: detail });
  }
  if (actor.turns <= casesMax) {
    const told = (turn: number) =>
      actor.passedOver.some((each) => turn >= each.turn && turn < each.turn + each.turns) ||
      actor.divergences.some((each) => each.turn === turn);
    for (let turn = 0; turn < actor.turns; turn++) {
      const found = differing.get(turn);
      if (found !== undefined) cases.push(turnCase(found));
      else if (!told(turn)) cases.push({ name: `turn ${turn}` });
    }
  } else {
    cases.push(...actor.differing.map(turnCase));
    cases.push({ name: `the other ${actor.compared - actor.differing.length} compared turns` });
  }
  for (const { turn, what, fields } of stale) {
    const text = fields.join("\n");
    const message = "an accepted difference did not happen";
    cases.push({ name: `turn ${turn}: accepted ${what}`, failure: { type: "stale", message, text } });
  }
  return cases;
}

const errors: ReadonlySet<string> = new Set(["component", "version", "limits", "load", "lost"]);

function turnCase({ turn, type, differences, refused }: ReplayedTurn): Case {
  const name = `turn ${turn} (${type})`;
  const open = differences.filter(({ accepted }) => !accepted);
  if (open.length === 0) return { name };
  const lines = open.flatMap(({ what, fields, more }) => [
    ...fields.map((field) => `${what} ${fieldText(field)}`),
    ...(more > 0 ? [`${what} and ${more} more`] : []),
  ]);
  const kinds = open.map(({ what }) => what).join(", ");
  return {
    name,
    failure: {
      type: kinds,
      message: `differs in ${kinds}`,
      text: [...lines, ...(refused === undefined ? [] : [refused])].join("\n"),
    },
  };
}

/** Text as XML 1.0 may hold it, within an element or a value in double quotes. */
function escaped(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"\t\n\r]/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};
