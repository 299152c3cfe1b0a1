import { isJsonObject, type JsonObject, parseCanonical, sha256Hex } from "../codec/mod.ts";
import { NO_PERMISSIONS } from "../manifest/mod.ts";
import { entryAt, partText, ReplayError, type ReplayPorts } from "../replay/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { WorkerSetup } from "../worker/mod.ts";
import { callsMax } from "./definition.ts";
import type { LoadComponent } from "./loader.ts";

/**
 * What an activation was made of, from its keyframe and the log alone: the way
 * to run it again where its manifest and files are gone.
 *
 * It grants nothing: a replay has no host to call.
 */
export async function recordedSetup(
  reader: LogReader,
  address: string,
  keyframe: number,
  load: LoadComponent,
): ReturnType<ReplayPorts["load"]> {
  const entry = entryAt(reader, address, keyframe);
  const part = (index: number): JsonObject => {
    const value = parseCanonical(partText(reader, address, entry, index));
    if (!isJsonObject(value)) throw damaged(`part ${index} is not an object`);
    return value;
  };
  const damaged = (detail: string) => new ReplayError({ code: "damaged", address, seq: keyframe, detail });
  const blob = (sha256: unknown): Uint8Array => {
    const bytes = typeof sha256 === "string" ? reader.blob(sha256) : undefined;
    if (bytes === undefined) throw damaged(`the log lacks the bytes of ${sha256}`);
    if (sha256Hex(bytes) !== sha256) throw damaged(`the bytes of ${sha256} are others`);
    return bytes;
  };
  const number = (object: JsonObject, key: string): number => {
    const value = object[key];
    if (typeof value !== "number") throw damaged(`the keyframe has no ${key}`);
    return value;
  };
  const component = part(1);
  const manifest = part(2);
  const limits = manifest["limits"];
  if (!isJsonObject(limits)) throw damaged("the manifest has no limits");
  const caps = {
    memoryBytes: number(limits, "memoryBytes"),
    stackUnits: number(limits, "stackUnits"),
    schedule: number(part(3), "schedule"),
  };
  const bytes = blob(component["component"]);
  const loaded = await load(bytes, caps);
  const source = component["source"];
  const setup: Omit<WorkerSetup, "turn" | "state"> = {
    address,
    glue: loaded.glue,
    modules: loaded.modules,
    type: loaded.type,
    ...(source !== undefined && { source: new TextDecoder().decode(blob(source)) }),
    grants: NO_PERMISSIONS,
    environment: [],
    limits: {
      // Time is recorded, not measured: a slower machine must come to the same end.
      turnMs: replayTurnMs,
      ...(limits["fuelUnits"] !== undefined && { fuelUnitsMax: number(limits, "fuelUnits") }),
      messageBytesMax: number(limits, "messageBytes"),
      stateBytesMax: number(limits, "stateBytes"),
      pendingMax: 0, // Asks nobody.
      callsMax,
      recordBytesMax: 4 * number(limits, "messageBytes") + caps.memoryBytes,
    },
  };
  return setup;
}

/** How long a replayed turn may take, in milliseconds. */
const replayTurnMs = 600_000;
