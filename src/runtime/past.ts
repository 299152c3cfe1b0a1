import type { ActorDefinition, ActorPast, Asker } from "../actor/mod.ts";
import { canonicalize, type JsonObject, type JsonValue, parseCanonical } from "../codec/mod.ts";
import { type KeyframeEntry, type KeyframeReason, requestId, turnOfId } from "../chain/mod.ts";
import {
  currentState,
  entryAt,
  headOf,
  partText,
  readStored,
  readTurns,
  type ReplayPorts,
} from "../replay/mod.ts";
import type { ActorStatus, LogReader, MailRow, RequestRow, StoredCause } from "../store/mod.ts";
import { RuntimeError } from "./runtime_error.ts";

/**
 * Finds where an actor stands, from its chain, and checks that it would go on as
 * what it was.
 *
 * @param upgrade lets it go on with another component or manifest
 * @param asked requests to it that have no reply
 * @throws {RuntimeError} `changed`
 * @throws {ReplayError} when its last state cannot be had
 */
export async function findPast(
  reader: LogReader,
  definition: ActorDefinition,
  ports: ReplayPorts,
  upgrade: boolean,
  asked: readonly RequestRow[],
): Promise<ActorPast> {
  const { address } = definition.setup;
  const row = reader.actor(address);
  if (row === undefined) {
    return {
      head: undefined,
      turns: 0,
      activations: 0,
      initialised: false,
      asleep: false,
      forgotten: false,
      state: "null",
      stateSeq: -1,
      stateRowSeq: -1,
      replayed: false,
      bytesSinceKeyframe: 0,
      reason: "start",
      mail: [],
      timers: [],
      requests: [],
      deferred: [],
    };
  }
  const changed = findChange(reader, definition);
  // Where no state was ever made there is nothing that the change could harm.
  const initialised = isInitialised(reader, address);
  if (changed !== undefined && initialised && !upgrade) throw new RuntimeError(changed);
  const atStart = awaitsStart(reader, address);
  const current = await currentState(reader, address, ports);
  const { rowSeq, seq, replayed } = current;
  const state = initialised ? current.state : "null"; // That of an earlier incarnation counts no more.
  const mail = reader.mail(address);
  const reason = row.activations === 0 && isFork(reader, address)
    ? "fork"
    : atStart
    ? "start"
    : changed !== undefined
    ? "upgrade"
    : reasonAfter(row.status);
  return {
    head: headOf(reader, address),
    turns: row.turns,
    activations: row.activations,
    initialised,
    asleep: initialised && row.status === "asleep" && reason === "wake",
    forgotten: atStart && !initialised,
    state,
    stateSeq: seq,
    stateRowSeq: rowSeq,
    replayed: replayed > 0,
    bytesSinceKeyframe: bytesSinceKeyframe(reader, address, state.length),
    reason,
    mail,
    timers: reader.timers(address).map(({ timer }) => timer),
    requests: reader.requests(address),
    deferred: findDeferred(reader, address, mail, asked),
  };
}

function reasonAfter(status: ActorStatus): KeyframeReason {
  switch (status) {
    case "running": // It never said that it stopped.
      return "recover";
    case "resting":
    case "asleep": // However its host ended, its activation ended in order before.
      return "wake";
    case "stopped":
      return "wake";
    case "failed":
      return "restart";
  }
}

/** What differs between the last activation and `definition`. */
function findChange(reader: LogReader, definition: ActorDefinition): RuntimeError["fault"] | undefined {
  const { parts, setup: { address } } = definition;
  const keyframe = keyframeInEffect(reader, address);
  if (keyframe === undefined) return undefined;
  for (const [what, index] of [["component", 1], ["manifest", 2]] as const) {
    const recorded = partText(reader, address, keyframe, index);
    if (recorded === parts[what]) continue;
    return { code: "changed", address, what, ...differingMembers(recorded, parts[what]) };
  }
  return undefined;
}

/** The members in which two canonical JSON objects differ, each side as text. */
function differingMembers(recorded: string, found: string): { recorded: string; found: string } {
  const [before, now] = [recorded, found].map((text) => parseCanonical(text) as JsonObject);
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(now ?? {})]);
  const text = (value: JsonValue | undefined) => value === undefined ? "nothing" : canonicalize(value);
  const differing = [...names].filter((name) => text(before?.[name]) !== text(now?.[name]));
  const list = (of: JsonObject | undefined) =>
    differing.map((name) => `${name} ${text(of?.[name])}`).join(", ");
  return { recorded: list(before), found: list(now) };
}

/** The last keyframe of a chain, but for those of upgrades that came to nothing. */
function keyframeInEffect(reader: LogReader, address: string): KeyframeEntry | undefined {
  for (const stored of reader.entries(address, { backwards: true })) {
    const entry = readStored(address, stored);
    if (entry.kind !== "keyframe") continue;
    if (entry.reason !== "upgrade" || upgradeTook(reader, address, entry.seq)) return entry;
  }
  return undefined;
}

/** Whether the component of an upgrade started, and migrated the state if it was to. */
function upgradeTook(reader: LogReader, address: string, seq: number): boolean {
  for (const { opening, closing } of readTurns(reader, address, seq)) {
    const isOk = closing.kind === "return" && closing.outcome === "ok";
    if (opening.kind === "receive" && opening.type !== "migrate") return true;
    if (!isOk) return false;
    if (opening.kind === "receive") return true;
  }
  return true;
}

/**
 * Requests to this actor of which it deferred the reply: those without a reply
 * that do not wait in its mailbox. By token, which the turn that deferred it gave.
 */
function findDeferred(
  reader: LogReader,
  address: string,
  mail: readonly MailRow[],
  requests: readonly RequestRow[],
): ActorPast["deferred"] {
  const place = (cause: StoredCause | undefined) => `${cause?.origin} ${cause?.seq}`;
  const waiting = new Set(mail.map(({ cause }) => place(cause)));
  const open = new Map(
    requests.filter(({ cause }) => !waiting.has(place(cause))).map((row) => [place(row.cause), row]),
  );
  const found: [string, Asker][] = [];
  const own = reader.actor(address)?.origin ?? "";
  let token: string | undefined;
  for (const stored of open.size === 0 ? [] : reader.entries(address, { backwards: true })) {
    const entry = readStored(address, stored);
    if (entry.kind === "call" && entry.function === deferFunction) token = requestId(entry.turn, entry.call);
    if (entry.kind !== "receive" || entry.cause_seq === undefined) continue;
    const origin = entry.cause_origin ?? own;
    const row = open.get(place({ origin, seq: entry.cause_seq, hash: "" }));
    if (row === undefined || entry.type !== "request") continue;
    // Later calls of the same turn that ask to defer give the same token: backwards, the first one is the last seen.
    if (token !== undefined && turnOfId(token) === entry.turn) {
      found.push([token, { asker: "actor", address: row.address, request: row.request }]);
    }
    open.delete(place(row.cause));
    if (open.size === 0) break;
  }
  return found.reverse();
}

const deferFunction = "theater:actor/messaging@0.1.0#defer";

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

/** Tells whether an actor is forked off another, and so begins with the state of its genesis. */
function isFork(reader: LogReader, address: string): boolean {
  const genesis = entryAt(reader, address, 0);
  return genesis.kind === "genesis" && genesis.fork_origin !== undefined;
}

/** Tells whether `init` made a state, in the present incarnation. */
function isInitialised(reader: LogReader, address: string): boolean {
  let ok = false;
  for (const stored of reader.entries(address, { backwards: true })) {
    const entry = readStored(address, stored);
    if (entry.kind === "incarnation") return false;
    if (entry.kind === "receive" && ok) return true;
    if (entry.kind === "return") ok = entry.outcome === "ok";
    if (entry.kind === "keyframe") ok = false;
  }
  if (isFork(reader, address)) return true;
  // Nothing is pruned of an actor that was not.
  for (const _ of reader.pruned(address)) return true;
  return false;
}

/** Whether the next keyframe is the first of an incarnation. */
function awaitsStart(reader: LogReader, address: string): boolean {
  for (const stored of reader.entries(address, { backwards: true })) {
    // Most entries are neither: do not parse them.
    if (!/"kind":"(?:keyframe|incarnation)"/.test(stored.text)) continue;
    const { kind } = readStored(address, stored);
    if (kind === "keyframe") return false;
    if (kind === "incarnation") return true;
  }
  return true;
}

/** How many incarnations a chain has begun. */
export function incarnationsOf(reader: LogReader, address: string): number {
  for (const stored of reader.entries(address, { backwards: true })) {
    // Most entries are none: do not parse them.
    if (!stored.text.includes('"kind":"incarnation"')) continue;
    const entry = readStored(address, stored);
    if (entry.kind === "incarnation") return entry.incarnation + 1;
  }
  return 0;
}
