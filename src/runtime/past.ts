import type { ActorDefinition, ActorPast } from "../actor/mod.ts";
import type { KeyframeEntry, KeyframeReason } from "../chain/mod.ts";
import { currentState, headOf, partText, readStored, type ReplayPorts } from "../replay/mod.ts";
import type { ActorStatus, LogReader } from "../store/mod.ts";
import { RuntimeError } from "./runtime_error.ts";

/**
 * Finds where an actor stands, from its chain, and checks that it would go on as
 * what it was.
 *
 * @param upgrade lets it go on with another component or manifest
 * @throws {RuntimeError} `changed`
 * @throws {ReplayError} when its last state cannot be had
 */
export async function findPast(
  reader: LogReader,
  definition: ActorDefinition,
  ports: ReplayPorts,
  upgrade: boolean,
): Promise<ActorPast> {
  const { address } = definition;
  const row = reader.actor(address);
  if (row === undefined) {
    return {
      head: undefined,
      turns: 0,
      activations: 0,
      initialised: false,
      state: "null",
      stateSeq: -1,
      stateRowSeq: -1,
      replayed: false,
      bytesSinceKeyframe: 0,
      reason: "start",
      mail: [],
    };
  }
  const changed = findChange(reader, definition);
  if (changed !== undefined && !upgrade) throw new RuntimeError(changed);
  const { state, rowSeq, seq, replayed } = await currentState(reader, address, ports);
  return {
    head: headOf(reader, address),
    turns: row.turns,
    activations: row.activations,
    initialised: isInitialised(reader, address, seq),
    state,
    stateSeq: seq,
    stateRowSeq: rowSeq,
    replayed: replayed > 0,
    bytesSinceKeyframe: bytesSinceKeyframe(reader, address, state.length),
    reason: row.activations === 0 ? "start" : changed !== undefined ? "upgrade" : reasonAfter(row.status),
    mail: reader.mail(address),
  };
}

function reasonAfter(status: ActorStatus): KeyframeReason {
  switch (status) {
    case "running": // It never said that it stopped.
      return "recover";
    case "resting":
      return "wake";
    case "failed":
      return "restart";
  }
}

/** What differs between the last activation and `definition`. */
function findChange(reader: LogReader, definition: ActorDefinition): RuntimeError["fault"] | undefined {
  const { address, parts } = definition;
  const keyframe = lastKeyframe(reader, address);
  if (keyframe === undefined) return undefined;
  const component = partText(reader, address, keyframe, 1);
  if (component !== parts.component) {
    return { code: "changed", address, what: "component", recorded: component, found: parts.component };
  }
  const manifest = partText(reader, address, keyframe, 2);
  if (manifest !== parts.manifest) {
    return { code: "changed", address, what: "manifest", recorded: manifest, found: parts.manifest };
  }
  return undefined;
}

/** The last keyframe of a chain. */
function lastKeyframe(reader: LogReader, address: string): KeyframeEntry | undefined {
  for (const stored of reader.entries(address, { backwards: true })) {
    const entry = readStored(address, stored);
    if (entry.kind === "keyframe") return entry;
  }
  return undefined;
}

/** Bytes of entries and parts since the last keyframe whose state is kept whole; counts no further than `bytesMax`. */
function bytesSinceKeyframe(reader: LogReader, address: string, bytesMax: number): number {
  let bytes = 0;
  for (const stored of reader.records(address, { backwards: true })) {
    const { text, parts } = stored;
    if (bytes >= bytesMax) break;
    if (readStored(address, stored).kind === "keyframe" && parts[0]?.status === "present") break;
    bytes += text.length + parts.reduce((sum, part) => sum + (part.bytes?.length ?? 0), 0);
  }
  return bytes;
}

/** Tells whether `init` made a state: the first return with a state after an instantiation's. */
function isInitialised(reader: LogReader, address: string, seq: number): boolean {
  if (seq < 0) return false;
  let opened: string | undefined;
  for (const stored of reader.entries(address, { to: seq + 1 })) {
    const entry = readStored(address, stored);
    if (entry.kind === "keyframe") opened = undefined;
    if (entry.kind === "receive") opened = entry.type;
    if (entry.kind === "return" && entry.outcome === "ok" && opened !== undefined) return true;
  }
  return false;
}
