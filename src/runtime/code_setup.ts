/**
 * Other code for an actor that was recorded: what it takes to run recorded turns
 * through it.
 *
 * @module
 */

import { isJsonObject, type JsonObject, memberOf, parseCanonical } from "../codec/mod.ts";
import { DEFAULT_LIMITS, type Limits, NO_PERMISSIONS, type Permissions } from "../manifest/mod.ts";
import { partText, readStored } from "../replay/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { WorkerSetup } from "../worker/mod.ts";
import type { ComponentBytes } from "./component_bytes.ts";
import { callsMax, checkComponent } from "./definition.ts";
import type { LoadComponent } from "./loader.ts";

/** What a manifest lets an actor do and use. */
export interface Frame {
  readonly permissions: Permissions;
  readonly limits: Limits;
}

/** What the last activation of a recorded actor was made of. */
export interface RecordedFrame extends Frame {
  /** The hashes of its component, and of its script: canonical JSON. */
  readonly component: string;
}

/** How long a turn of other code may take at least: a busy machine must not make a difference. */
const turnMsMin = 10_000;

/**
 * Loads other code for an actor. It is granted nothing, as nothing that it asks
 * is answered by a host.
 *
 * @throws {ComponentError} | {RuntimeError} where it is no actor, or imports what the frame does not grant
 */
export async function codeSetup(
  address: string,
  { bytes, script }: ComponentBytes,
  { permissions, limits }: Frame,
  load: LoadComponent,
): Promise<Omit<WorkerSetup, "turn" | "state">> {
  const { memoryBytes, stackUnits, turnMs, fuelUnits, messageBytes, stateBytes } = limits;
  const { glue, modules, type } = await load(bytes, { memoryBytes, stackUnits });
  checkComponent(address, type, permissions, script !== undefined);
  return {
    address,
    glue,
    modules,
    type,
    ...(script !== undefined && { source: script.source }),
    grants: NO_PERMISSIONS,
    environment: [],
    limits: {
      turnMs: Math.max(turnMsMin, 2 * turnMs),
      fuelUnitsMax: fuelUnits,
      messageBytesMax: messageBytes,
      stateBytesMax: stateBytes,
      pendingMax: 0, // Asks nobody.
      callsMax,
      recordBytesMax: 4 * messageBytes + memoryBytes,
    },
  };
}

/**
 * What the last activation of an actor was, could do and use; undefined where it had none.
 *
 * @throws {ReplayError} `damaged`, `part_absent`
 */
export function recordedFrame(reader: LogReader, address: string): RecordedFrame | undefined {
  for (const stored of reader.entries(address, { backwards: true })) {
    if (!stored.text.includes('"kind":"keyframe"')) continue;
    const entry = readStored(address, stored);
    if (entry.kind !== "keyframe") continue;
    const manifest = parseCanonical(partText(reader, address, entry, 2));
    const member = (name: string): JsonObject => {
      const value = isJsonObject(manifest) ? memberOf(manifest, name) : undefined;
      return isJsonObject(value) ? value : {};
    };
    return {
      component: partText(reader, address, entry, 1),
      permissions: like(NO_PERMISSIONS, member("permissions")),
      limits: like(DEFAULT_LIMITS, member("limits")),
    };
  }
  return undefined;
}

/** The members that `model` has, as far as they are of the same type: a log may come from anybody. */
function like<T extends object>(model: T, found: JsonObject): T {
  const members = Object.entries(model).map(([name, value]: [string, unknown]) => {
    const got = memberOf(found, name);
    const fits = Array.isArray(value)
      ? Array.isArray(got) && got.every((item) => typeof item === "string")
      : typeof got === typeof value;
    return [name, fits ? got : value];
  });
  return Object.fromEntries(members) as T;
}
