/**
 * What is told of a difference: where it is, what came just before, and what it
 * may come from.
 *
 * @module
 */

import { isJsonObject, type JsonObject, memberOf, parseCanonical } from "../codec/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { ActivationOutline } from "./chain_outline.ts";
import { partText } from "./recorded_turn.ts";
import type { ReplayFault, TurnDifference } from "./replay_error.ts";
import { ReplayError } from "./replay_error.ts";

/** Where a replay went another way than its record. Plain data. */
export interface DivergenceReport extends TurnDifference {
  readonly address: string;
  /** Zero-based number of the activation within its chain. */
  readonly activation: number;
  readonly turn: number;
  /** The entry that says otherwise. */
  readonly seq: number;
  readonly detail: string;
  /** The entries just before it, oldest first, as far back as the turn reaches. */
  readonly before: readonly number[];
  /** What it may come from, the likeliest first. */
  readonly causes: readonly string[];
}

type Diverged = Extract<ReplayFault, { readonly code: "diverged" }>;

/** How many entries before it are told. */
const beforeMax = 4;

/** What a second run came to: `same` says that it differed in the same place. */
export interface SecondRun {
  readonly same: boolean;
}

/** Puts a difference into words. */
export function reportDivergence(
  reader: LogReader,
  activation: ActivationOutline,
  fault: Diverged,
  here: JsonObject,
  second: SecondRun | undefined,
): DivergenceReport {
  return placeDifference(reader, activation, fault, likelyCauses(reader, activation, fault, here, second));
}

/** Tells where a difference is, and what came just before. */
export function placeDifference(
  reader: LogReader,
  { address, keyframe }: ActivationOutline,
  { turn, seq, detail, difference }: Pick<Diverged, "turn" | "seq" | "detail" | "difference">,
  causes: readonly string[],
): DivergenceReport {
  const before: number[] = [];
  for (const entry of reader.entries(address, { from: keyframe.seq, to: seq, backwards: true })) {
    before.unshift(entry.seq);
    if (before.length === beforeMax) break;
  }
  return {
    address,
    activation: keyframe.activation,
    turn,
    seq,
    detail,
    ...difference,
    before,
    causes,
  };
}

function likelyCauses(
  reader: LogReader,
  { address, keyframe }: ActivationOutline,
  { difference, turn }: Diverged,
  here: JsonObject,
  second: SecondRun | undefined,
): string[] {
  const causes: string[] = [];
  if (second?.same === false) {
    causes.push(
      "nondeterminism: run a second time, it went yet another way, so something reaches the component that is not recorded",
    );
  }
  const recorded = objectIn(reader, address, keyframe, 3);
  const differing = Object.keys(recorded).filter((name) =>
    JSON.stringify(memberOf(recorded, name)) !== JSON.stringify(memberOf(here, name))
  );
  for (const name of differing.filter((name) => name === "rewriter" || name === "jco")) {
    causes.push(
      `another ${name}: recorded with ${memberOf(recorded, name)}, run with ${memberOf(here, name)}`,
    );
  }
  if (difference.what === "keyframe") {
    causes.push(
      "the record was put together from two, or a turn was left out: no component runs between two activations",
    );
    return causes;
  }
  const component = objectIn(reader, address, keyframe, 1);
  const named = ["component", "source"].flatMap((name) => {
    const sha256 = memberOf(component, name);
    return typeof sha256 === "string" ? [`${name} ${sha256}`] : [];
  });
  causes.push(`another component: what ran when it was recorded is not the ${named.join(" with ")}`);
  causes.push(`a record that was changed, in entry or part, after it was made, with all hashes made anew`);
  if (difference.what === "fuel") {
    causes.push("a float that is not a number, and whose bits the engines choose, decided which way it went");
  }
  if (second?.same !== false && turn > keyframe.turn) {
    causes.push(
      "hidden state: the instance was not what the turns of this activation make of it, such as after a host that did not start it anew",
    );
  }
  for (const name of differing.filter((name) => name === "engine" || name === "theater")) {
    causes.push(`another ${name}: recorded on ${memberOf(recorded, name)}, run on ${memberOf(here, name)}`);
  }
  return causes;
}

/** A part of a keyframe that is an object; empty where it is not there. */
export function objectIn(
  reader: LogReader,
  address: string,
  keyframe: ActivationOutline["keyframe"],
  index: number,
): JsonObject {
  try {
    const value = parseCanonical(partText(reader, address, keyframe, index));
    return isJsonObject(value) ? value : {};
  } catch (error) {
    if (error instanceof ReplayError) return {};
    throw error;
  }
}

/** The engine that an activation was recorded on; undefined where the log does not say. */
export function engineOf(reader: LogReader, { address, keyframe }: ActivationOutline): string | undefined {
  const engine = memberOf(objectIn(reader, address, keyframe, 3), "engine");
  return typeof engine === "string" ? engine : undefined;
}
