/**
 * Whether an activation can be run here, and if not, why.
 *
 * @module
 */

import { isJsonObject, type JsonObject, memberOf, parseCanonical } from "../codec/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { ActivationOutline } from "./chain_outline.ts";
import { partText } from "./recorded_turn.ts";
import { ReplayError } from "./replay_error.ts";

/** Why turns were not run again. */
export type PassedOverCode =
  | "cut" // it was cut short nobody knows where
  | "absent" // something that was said is withheld, erased or pruned
  | "pruned" // its entries are
  | "component" // the component or its source is not here
  | "version" // of a behaviour that is not known here
  | "limits" // the component asks for more than a stranger's gets
  | "load" // the component cannot be loaded
  | "state" // nobody knows the state before it
  | "memory" // turns before it were left out, and the instance remembers them
  | "lost" // the worker died
  | "follows"; // it comes after a turn that was not run, or went another way

/** Turns that follow each other and were not run again. Plain data. */
export interface PassedOver {
  readonly code: PassedOverCode;
  readonly turns: number;
  /** The first of them. */
  readonly turn: number;
  /** The entry that is the reason, or where they begin. */
  readonly seq: number;
  readonly detail: string;
}

/** What this version can run. */
export interface ReplayAbility {
  /** Behaviours of replay that it has. */
  readonly behaviours: readonly number[];
  /** Schedules of fuel that it has. */
  readonly schedules: readonly number[];
}

/** Most memory that the component of a stranger is given, in bytes; as much as a manifest may ask for. */
const memoryBytesMax = 1024 * 1024 * 1024;

/** Says why an activation cannot be run, or nothing if it can. @throws {ReplayError} `damaged` */
export function whyNotRun(
  reader: LogReader,
  activation: ActivationOutline,
  ability: ReplayAbility,
): PassedOver | undefined {
  const { address, keyframe, to, turns } = activation;
  const because = (code: PassedOverCode, detail: string, seq = keyframe.seq): PassedOver => ({
    code,
    turns,
    turn: keyframe.turn,
    seq,
    detail,
  });
  for (const { seq } of reader.pruned(address, { from: keyframe.seq, to })) {
    return because("pruned", `entry ${seq} is pruned`, seq);
  }
  let objects: readonly JsonObject[];
  try {
    objects = [1, 2, 3].map((index) => {
      const value = parseCanonical(partText(reader, address, keyframe, index));
      return isJsonObject(value) ? value : {};
    });
  } catch (error) {
    if (!(error instanceof ReplayError) || error.fault.code !== "part_absent") throw error;
    return because("absent", error.fault.detail);
  }
  const [component = {}, manifest = {}, execution = {}] = objects;
  for (const name of ["component", "source"]) {
    const sha256 = memberOf(component, name);
    if (sha256 === undefined && name === "source") continue;
    if (typeof sha256 === "string" && reader.blob(sha256) !== undefined) continue;
    return because("component", `the ${name} ${sha256} is not here`);
  }
  const behaviour = memberOf(execution, "replay");
  if (!includes(ability.behaviours, behaviour)) {
    return because("version", `it was recorded with replay behaviour ${behaviour}, which is not known here`);
  }
  const schedule = memberOf(execution, "schedule");
  if (!includes(ability.schedules, schedule)) {
    return because("version", `it was recorded with fuel schedule ${schedule}, which is not known here`);
  }
  const limits = memberOf(manifest, "limits");
  const memory = isJsonObject(limits) ? memberOf(limits, "memoryBytes") : undefined;
  if (typeof memory !== "number" || memory > memoryBytesMax) {
    return because("limits", `its memory limit of ${memory} bytes is more than ${memoryBytesMax}`);
  }
  return undefined;
}

function includes(known: readonly number[], value: unknown): boolean {
  return typeof value === "number" && known.includes(value);
}
