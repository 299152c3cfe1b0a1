/**
 * Erasing: parts go for good, with their salts; entries, hashes and proofs stay
 * what they were.
 *
 * In one commit stand the entries that say so, the states that could not be had
 * again, and the parts as erased. Then the file is written anew.
 *
 * @module
 */

import { parseEntry, type PartRole } from "../chain/mod.ts";
import { encodeUtf8 } from "../codec/mod.ts";
import { currentState, ReplayError } from "../replay/mod.ts";
import type { LogReader, LogStore, StateRow, Write } from "../store/mod.ts";
import { reasonScribe } from "./append_entry.ts";
import { BundleError } from "./bundle_error.ts";
import { keptParts } from "./export_bundle.ts";
import { stateAt } from "./known_state.ts";
import { inputsOf, type Outline, stateAfter } from "./outline.ts";
import { createPartSet, type PartPlace, type PartSet, placeOf, placesOf } from "./part_place.ts";
import type { WritePorts } from "./ports.ts";
import { commitAndScrub } from "./scrub.ts";
import { closeOver, findRemains, readTraces, type Remains, type Traces } from "./traces.ts";

/** What to erase. */
export interface EraseRequest {
  readonly address: string;
  /** The first entry, and the last one. */
  readonly first: number;
  readonly last: number;
  /** Which parts. @default all that are there */
  readonly roles?: readonly PartRole[];
  /** Why; it stays in the log. */
  readonly reason: string;
  /** Takes along what still tells of it, in any chain; states apart, as the actor goes on from them. */
  readonly closure?: boolean;
}

/** What an erasure came to. */
export interface EraseReport {
  readonly erased: readonly PartPlace[];
  /** How many of them because of `closure`. */
  readonly closed: number;
  /** States that are kept from now on, as they could not be had again. */
  readonly kept: readonly PartPlace[];
  /** What still tells of what is erased. */
  readonly remains: Remains;
}

/**
 * Erases parts of a log that nobody else has open.
 *
 * @throws {BundleError} `no_such_actor`, `no_such_entry`, `no_such_role`, `nothing_to_erase`, `turn_open`,
 * `still_waiting`, `current_state`
 * @throws {ReplayError} where a state that later ones rest on cannot be had
 */
export async function eraseParts(
  store: LogStore,
  logPath: string,
  request: EraseRequest,
  ports: WritePorts,
): Promise<EraseReport> {
  const gone = chooseParts(store, request);
  const named = gone.size;
  const traces = readTraces(store, store.actors().map(({ address }) => address));
  const all = keptParts(store);
  // The actor goes on from its states, so those that nobody named stay.
  const chosen = createPartSet(gone);
  const kept = {
    bytes: all.bytes,
    salt: (place: PartPlace) =>
      all.salt(place) && (place.role !== "state" || chosen.has(place) || sameAsNamed(place)),
  };
  const stateCopies = createPartSet(
    [...chosen].filter(({ role }) => role === "state").flatMap((place) => traces.copies(place)),
  );
  function sameAsNamed(place: PartPlace): boolean {
    return stateCopies.has(place);
  }
  if (request.closure) closeOver(traces, gone, kept);
  refuseWaiting(store, gone);

  const writes: Write[] = [];
  const states: PartPlace[] = [];
  const byActor = Map.groupBy(gone, ({ address }) => address);
  for (const [address, places] of byActor) {
    const outline = traces.outlines.get(address);
    if (outline === undefined) continue;
    writes.push(...await keepStates(store, outline, gone, states, ports));
    const scribe = reasonScribe(store, outline, ports);
    for (const [target, parts] of Map.groupBy(places, ({ seq }) => seq)) {
      const roles = parts.map(({ role }) => role).sort();
      writes.push(scribe.append({ kind: "erase", time: ports.nowMs(), target, roles }, request.reason));
    }
    for (const { seq, position, role } of places) {
      writes.push({ write: "erase-part", address, seq, part: position });
      const key = role === "key" ? store.parts(address, seq)[position]?.bytes : undefined;
      if (key !== undefined && store.key(address, key) !== undefined) {
        writes.push({ write: "key-gone", address, key });
      }
    }
  }
  const remains = findRemains(traces, gone, all);
  commitAndScrub(store, logPath, writes);
  return { erased: [...gone], closed: gone.size - named, kept: states, remains };
}

/** What {@linkcode eraseParts} would do, without doing it. */
export function previewErasure(
  reader: LogReader,
  request: EraseRequest,
): Pick<EraseReport, "erased" | "remains"> {
  const gone = chooseParts(reader, request);
  const traces: Traces = readTraces(reader, reader.actors().map(({ address }) => address));
  return { erased: [...gone], remains: findRemains(traces, gone, keptParts(reader)) };
}

function chooseParts(reader: LogReader, { address, first, last, roles }: EraseRequest): PartSet {
  const row = reader.actor(address);
  if (row === undefined) throw new BundleError({ code: "no_such_actor", address });
  if (first >= row.size) throw new BundleError({ code: "no_such_entry", address, seq: first });
  const gone = createPartSet();
  let any = false;
  for (const { seq, text, parts } of reader.records(address, { from: first, to: last + 1 })) {
    any = true;
    const places = placesOf(address, parseEntry(text));
    if (first === last) {
      const known = places.map(({ role }) => role);
      const role = roles?.find((each) => !known.includes(each));
      if (role !== undefined) throw new BundleError({ code: "no_such_role", address, seq, role, known });
    }
    for (const place of places) {
      if (roles !== undefined && !roles.includes(place.role)) continue;
      const { status } = parts[place.position] ?? {};
      if (status === "present" || status === "derivable") gone.add(place);
    }
  }
  if (!any) throw new BundleError({ code: "no_such_entry", address, seq: first });
  if (gone.size === 0) throw new BundleError({ code: "nothing_to_erase", address });
  return gone;
}

/** What a message repeats of its cause. */
const waitingRoles: ReadonlySet<PartRole> = new Set(["body", "response", "error"]);

/** A message that waits has a copy of its own, and is to have its turn. */
function refuseWaiting(reader: LogReader, gone: PartSet): void {
  const bodies = new Map<string, PartPlace>();
  for (const place of gone) {
    if (waitingRoles.has(place.role)) bodies.set(`${reader.node}/${place.address} ${place.seq}`, place);
  }
  const causes = [
    ...reader.actors().flatMap(({ address }) => reader.mail(address)),
    ...reader.timers(),
  ].map(({ cause }) => cause);
  for (const { origin, seq } of causes.filter((cause) => cause !== undefined)) {
    const place = bodies.get(`${origin} ${seq}`);
    if (place === undefined) continue;
    throw new BundleError({ code: "still_waiting", address: place.address, seq: place.seq });
  }
}

/**
 * Makes sure that the actor can go on, and that what comes after can be replayed:
 * keeps the first state behind the last turn that can no longer be run again.
 */
async function keepStates(
  store: LogStore,
  { address, turns }: Outline,
  gone: PartSet,
  states: PartPlace[],
  ports: WritePorts,
): Promise<Write[]> {
  // A turn is lost when something that went into it is, or the state from which it began.
  const lost = turns.findLastIndex((turn, i) => {
    const before = turns[i - 1];
    const state = before === undefined ? undefined : stateAfter(before);
    return inputsOf(turn).some((place) => gone.has(place)) || (state !== undefined && gone.has(state));
  });
  const all = turns.flatMap((turn) => [
    ...(turn.opening.kind === "keyframe" ? [placeOf(address, turn.opening, "state")] : []),
    stateAfter(turn),
  ]).filter((place) => place !== undefined);
  const keyframe = turns.findLast(({ opening }) => opening.kind === "keyframe")?.opening;
  if (
    keyframe !== undefined &&
    placesOf(address, keyframe).some((place) => place.role !== "state" && gone.has(place))
  ) {
    throw new BundleError({ code: "current_keyframe", address, seq: keyframe.seq });
  }
  const current = all.at(-1);
  if (current !== undefined && gone.has(current)) {
    throw new BundleError({ code: "current_state", address, seq: current.seq });
  }
  const row = store.state(address);
  const rowGone = row !== undefined && gone.has({ address, seq: row.seq, position: 0 });
  if (lost < 0 && !rowGone) return [];

  const writes: Write[] = [];
  const end = turns[lost]?.closing?.seq ?? Infinity;
  const from = all.findLastIndex(({ seq }) => seq <= end);
  const keep = lost < 0 ? undefined : all.slice(Math.max(from, 0)).find((place) => !gone.has(place));
  if (keep !== undefined && store.parts(address, keep.seq)[keep.position]?.status === "derivable") {
    const kept = await keepState(store, keep, row !== undefined && !rowGone ? row : undefined, ports);
    writes.push({ write: "fill-part", address, seq: kept.seq, part: 0, bytes: kept.bytes });
    states.push({ ...keep, seq: kept.seq });
  }
  if (row !== undefined && (rowGone || row.seq < (keep?.seq ?? 0))) {
    const { state, seq } = await currentState(store, address, ports.replay);
    writes.push({ write: "state", address, seq, bytes: encodeUtf8(state) });
  }
  return writes;
}

/** The state at a place, by replay; in a log that cannot be replayed, the one that its state row holds, if that is later. */
async function keepState(
  store: LogReader,
  { address, seq }: PartPlace,
  row: StateRow | undefined,
  ports: WritePorts,
): Promise<StateRow> {
  try {
    return { seq, bytes: await stateAt(store, address, seq, ports.replay) };
  } catch (error) {
    const later = row !== undefined && row.seq > seq &&
      store.parts(address, row.seq)[0]?.status === "derivable";
    if (!(error instanceof ReplayError) || !later) throw error;
    return row;
  }
}
