/**
 * A result in words, for people.
 *
 * @module
 */

import { differsIn } from "../replay/mod.ts";
import type { ReplayedActor, ReplayedTurn, ReplayResult } from "./replay_result.ts";

/** One line, and what it is; not yet safe for a terminal. */
export interface Line {
  readonly tone: "plain" | "head" | "good" | "bad" | "dim";
  readonly text: string;
}

/** Most turns, and other things of a kind, that are told. */
const shownMax = 10;

/** Tells what recordings came to: the actors, what it amounts to, and the first differences by field. */
export function resultLines(result: ReplayResult): Line[] {
  const lines = result.actors.map((actor) => actorLine(actor, result));
  lines.push({ tone: "plain", text: "" }, headline(result));
  if (result.updated !== undefined) {
    const { path, added, removed } = result.updated;
    const counts = `${added} added, ${removed} removed`;
    lines.push({ tone: "plain", text: `${path}: ${counts}; look at it before you keep it` });
  }
  for (const actor of capped(result.untested, lines, "not tested")) {
    lines.push({ tone: "dim", text: `not tested: ${actor}: ${result.against} does not declare it` });
  }
  const turns = result.actors.flatMap((actor) =>
    actor.differing.filter(differsOtherwise).map((turn) => ({ actor, turn }))
  );
  for (const { actor, turn } of turns.slice(0, shownMax)) lines.push(...turnLines(actor, turn, result));
  if (turns.length > shownMax) {
    lines.push({ tone: "plain", text: "" }, more(turns.length - shownMax, "turns"));
  }
  if (result.stale.length > 0) {
    lines.push({ tone: "plain", text: "" }, { tone: "bad", text: "accepted, and did not happen" });
    for (const { chain, turn, what, fields } of result.stale.slice(0, shownMax)) {
      const detail = fields.length === 0 ? "" : ` (${fields[0]})`;
      lines.push({ tone: "plain", text: `  ${addressOf(chain)}, turn ${turn}: ${what}${detail}` });
    }
    if (result.stale.length > shownMax) lines.push(more(result.stale.length - shownMax, "of them"));
  }
  const notCompared = result.actors.flatMap((actor) => notComparedLines(actor, result));
  if (notCompared.length > 0) {
    lines.push({ tone: "plain", text: "" }, { tone: "plain", text: "not compared" });
    lines.push(...notCompared.slice(0, shownMax));
    if (notCompared.length > shownMax) lines.push(more(notCompared.length - shownMax, "stretches"));
  }
  return lines;
}

/** What a result amounts to. */
export function headline(result: ReplayResult): Line {
  const { verdict, compared, turns, same, differing, accepted, stale, counts } = result;
  const ofAll = compared === turns ? `${count(turns, "turn")}` : `${compared} of ${count(turns, "turn")}`;
  const what = differsIn.flatMap((each) => counts[each] === undefined ? [] : [`${each} ${counts[each]}`]);
  const parts = [
    differing > 0 ? `${differing} ${differing === 1 ? "differs" : "differ"}` : undefined,
    accepted > 0 ? `${accepted} ${accepted === 1 ? "differs" : "differ"} as accepted` : undefined,
    stale.length > 0 ? `${stale.length} accepted that did not happen` : undefined,
    `${same} the same`,
  ].filter((part) => part !== undefined);
  const text = `${verdict}: ${ofAll} compared: ${parts.join(", ")}` +
    (what.length > 0 ? ` (${what.join(", ")})` : "");
  return { tone: verdict === "different" ? "bad" : verdict === "same" ? "good" : "head", text };
}

function actorLine(actor: ReplayedActor, result: ReplayResult): Line {
  const { compared, turns, differing } = actor;
  const otherwise = differing.filter(differsOtherwise).length;
  const mark = otherwise > 0 ? "✗" : compared === turns ? "✓" : "–";
  const accepted = differing.length - otherwise;
  const text = [
    `${mark} ${nameOf(actor, result)}`,
    `${compared} of ${count(turns, "turn")} compared`,
    otherwise > 0 ? `${otherwise} ${otherwise === 1 ? "differs" : "differ"}` : "none differs",
    ...(accepted > 0 ? [`${accepted} accepted`] : []),
  ].join("  ");
  return { tone: otherwise > 0 ? "bad" : "plain", text };
}

function turnLines(actor: ReplayedActor, turn: ReplayedTurn, result: ReplayResult): Line[] {
  const { opening, closing, type, refused } = turn;
  const lines: Line[] = [
    { tone: "plain", text: "" },
    {
      tone: "head",
      text: `${nameOf(actor, result)}, turn ${turn.turn} (${type}), entries ${opening} to ${closing}`,
    },
  ];
  for (const { what, fields, more: rest, accepted } of turn.differences) {
    if (accepted) continue;
    lines.push({ tone: "bad", text: `  ${words[what]}` });
    for (const { path, expected, got } of fields.slice(0, shownMax)) {
      if (path !== "") lines.push({ tone: "plain", text: `    ${path}` });
      lines.push(
        { tone: expected === undefined ? "dim" : "plain", text: `      expected  ${expected ?? "nothing"}` },
        { tone: got === undefined ? "dim" : "plain", text: `      got       ${got ?? "nothing"}` },
      );
    }
    const unsaid = rest + Math.max(0, fields.length - shownMax);
    if (unsaid > 0) lines.push({ tone: "dim", text: `    and ${unsaid} more` });
  }
  if (refused !== undefined) {
    lines.push({ tone: "dim", text: `  ${refused}; so its state and response are not known` });
  }
  return lines;
}

/** What differs, as a heading. */
const words: Readonly<Record<ReplayedTurn["differences"][number]["what"], string>> = {
  state: "another state",
  response: "another response",
  error: "refused in other words",
  outcome: "another outcome",
  trap: "a new trap",
  "no-trap": "a trap that is gone",
  calls: "other calls",
};

function notComparedLines(actor: ReplayedActor, result: ReplayResult): Line[] {
  const name = nameOf(actor, result);
  return [
    ...actor.divergences.slice(0, 1).map(({ turn, detail }): Line => ({
      tone: "bad",
      text: `  ${name}, from turn ${turn}: not even the recorded code does what is recorded: ${detail}; ` +
        "theater replay says more",
    })),
    ...actor.passedOver.map(({ turn, turns, detail }): Line => ({
      tone: "plain",
      text: `  ${name}, ${turns === 1 ? `turn ${turn}` : `turns ${turn} to ${turn + turns - 1}`}: ${detail}`,
    })),
  ];
}

function differsOtherwise({ differences }: ReplayedTurn): boolean {
  return differences.some(({ accepted }) => !accepted);
}

function nameOf({ actor, recording }: ReplayedActor, { actors }: ReplayResult): string {
  return actors.some((other) => other.recording !== recording) ? `${recording}: ${actor}` : actor;
}

function addressOf(chain: string): string {
  return chain.slice(chain.indexOf("/") + 1);
}

function capped<T>(all: readonly T[], lines: Line[], what: string): readonly T[] {
  if (all.length > shownMax) {
    lines.push({ tone: "dim", text: `${all.length} ${what}, of which the first are` });
  }
  return all.slice(0, shownMax);
}

function more(rest: number, what: string): Line {
  return { tone: "dim", text: `and ${rest} more ${what}` };
}

function count(number: number, one: string): string {
  return `${number} ${number === 1 ? one : `${one}s`}`;
}
