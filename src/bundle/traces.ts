/**
 * Where else that stands which a part says: as a copy, as what replay gives
 * back, or as what came out of it.
 *
 * Only what the shape of the log tells is found. What an actor says again in its
 * own words, in another message or a later state, it does not see; later states
 * are all taken to rest on what went in before.
 *
 * @module
 */

import type { Entry, PartRole } from "../chain/mod.ts";
import type { LogReader } from "../store/mod.ts";
import { inputsOf, type Outline, outlineChain, type OutlinedTurn, outputsOf, stateAfter } from "./outline.ts";
import { createPartSet, type PartPlace, type PartSet, placeKey, placeOf } from "./part_place.ts";

/** Finds where else things stand, in the chains that it was made of. */
export interface Traces {
  readonly outlines: ReadonlyMap<string, Outline>;
  /** Parts with the same bytes, or that wrap them. */
  copies(place: PartPlace): readonly PartPlace[];
  /** What came out of parts that went into turns: what those turns said, and every later state. */
  follows(places: Iterable<PartPlace>): Iterable<PartPlace>;
  /** The turn in which a part stands. */
  turnOf(place: PartPlace): OutlinedTurn | undefined;
  /**
   * Turns that can be run again, as all that went into them is at hand and so is
   * the state before.
   */
  replayable(atHand: (place: PartPlace) => boolean): ReadonlySet<OutlinedTurn>;
}

/** Reads the chains of `addresses`. */
export function readTraces(reader: LogReader, addresses: Iterable<string>): Traces {
  const outlines = new Map<string, Outline>();
  for (const address of addresses) outlines.set(address, outlineChain(reader, address));
  const same = linkCopies(outlines);
  const turns = new Map<string, OutlinedTurn>();
  const positions = new Map<OutlinedTurn, number>();
  for (const { turns: all } of outlines.values()) {
    for (const [position, turn] of all.entries()) {
      positions.set(turn, position);
      for (const place of [...inputsOf(turn), ...outputsOf(turn)]) turns.set(placeKey(place), turn);
    }
  }

  return {
    outlines,
    copies(place) {
      // Everything that hangs together, however many steps away.
      const found = createPartSet([place]);
      for (const each of found) for (const other of same.get(placeKey(each)) ?? []) found.add(other);
      return [...found].filter((each) => placeKey(each) !== placeKey(place));
    },
    *follows(places) {
      const fed = new Set<OutlinedTurn>();
      const first = new Map<string, number>();
      for (const place of places) {
        const turn = turns.get(placeKey(place));
        if (turn === undefined || fed.has(turn) || !goesInto(turn, place)) continue;
        fed.add(turn);
        const index = positions.get(turn) ?? 0;
        first.set(place.address, Math.min(index, first.get(place.address) ?? index));
      }
      for (const turn of fed) yield* outputsOf(turn);
      for (const [address, index] of first) {
        for (const turn of outlines.get(address)?.turns.slice(index + 1) ?? []) yield* statesOf(turn);
      }
    },
    turnOf: (place) => turns.get(placeKey(place)),
    replayable(atHand) {
      const found = new Set<OutlinedTurn>();
      for (const { address, genesis, turns: all } of outlines.values()) {
        const forked = genesis && placeOf(address, genesis, "state");
        let known = forked === undefined || atHand(forked); // Before the first keyframe the state is `null`.
        let last = -1;
        let instantiable = false;
        for (const turn of all) {
          if (turn.opening.turn !== last + 1) known = false; // Turns between are pruned.
          last = turn.opening.turn;
          if (turn.opening.kind === "keyframe") {
            known ||= turn.opening.reason === "start";
            const state = placeOf(turn.address, turn.opening, "state");
            known ||= state !== undefined && atHand(state);
            instantiable = inputsOf(turn).every((place) => place.role === "state" || atHand(place));
          } else if (!inputsOf(turn).every(atHand)) {
            const state = stateAfter(turn);
            if (turn.closing?.kind !== "return" || turn.closing.outcome === "ok") {
              known = state !== undefined && atHand(state);
            }
            continue;
          }
          if (known && instantiable) found.add(turn);
          const state = stateAfter(turn);
          known = known && instantiable || (state !== undefined && atHand(state));
        }
      }
      return found;
    },
  };
}

function goesInto(turn: OutlinedTurn, place: PartPlace): boolean {
  return inputsOf(turn).some((each) => placeKey(each) === placeKey(place));
}

function statesOf(turn: OutlinedTurn): PartPlace[] {
  const places = [
    turn.opening.kind === "keyframe" ? placeOf(turn.address, turn.opening, "state") : undefined,
    stateAfter(turn),
  ];
  return places.filter((place) => place !== undefined);
}

/** Which parts have the same bytes as which others. */
function linkCopies(outlines: ReadonlyMap<string, Outline>): ReadonlyMap<string, readonly PartPlace[]> {
  const same = new Map<string, PartPlace[]>();
  const link = (a: PartPlace | undefined, b: PartPlace | undefined) => {
    if (a === undefined || b === undefined) return;
    for (const [from, to] of [[a, b], [b, a]] as const) {
      const list = same.get(placeKey(from));
      if (list === undefined) same.set(placeKey(from), [to]);
      else list.push(to);
    }
  };
  const origins = new Map([...outlines.values()].map((outline) => [outline.origin, outline]));
  const causes = new Map<string, (seq: number) => PartPlace | undefined>();
  for (const outline of outlines.values()) causes.set(outline.origin, saidBy(outline));

  for (const { address, origin, genesis, accepts, turns } of outlines.values()) {
    const accepted = new Map(accepts.map((entry) => [entry.seq, entry]));
    // The last part that holds the state as it is.
    let before = genesis && placeOf(address, genesis, "state");
    const parent = origins.get(genesis?.fork_origin ?? "");
    if (parent !== undefined) link(before, stateAt(parent, genesis?.fork_seq ?? -1));
    for (const turn of turns) {
      const { opening } = turn;
      if (opening.kind === "keyframe") {
        const state = placeOf(address, opening, "state");
        if (opening.reason !== "start") link(before, state); // An actor that begins anew has no state before.
        before = state;
        const after = stateAfter(turn); // An instantiation changes no state.
        link(state, after);
        before = after ?? before;
        continue;
      }
      before = stateAfter(turn) ?? before;
      if (opening.cause_seq === undefined) continue;
      // What became of a request that nobody answered says nothing of what was asked.
      if (opening.outcome === "timeout" || opening.outcome === "undelivered") continue;
      const holder = opening.cause_origin ?? origin;
      link(placeOf(address, opening, "body"), causes.get(holder)?.(opening.cause_seq));
      const accept = holder === origin ? accepted.get(opening.cause_seq) : undefined;
      if (accept !== undefined && origins.has(origin)) {
        link(placeOf(address, opening, "key"), placeOf(address, accept, "key"));
      }
    }
  }
  return same;
}

/** Finds what a message may repeat: the body of an accept or a call, the response or the error of a return. */
function saidBy({ address, accepts, turns }: Outline): (seq: number) => PartPlace | undefined {
  const said = new Map<number, PartPlace>();
  const note = (entry: Entry, role: PartRole) => {
    const place = placeOf(address, entry, role);
    if (place !== undefined) said.set(entry.seq, place);
  };
  for (const entry of [...accepts, ...turns.flatMap(({ calls }) => calls)]) note(entry, "body");
  for (const { closing } of turns) {
    if (closing?.kind === "return") note(closing, closing.outcome === "ok" ? "response" : "error");
  }
  return (seq) => said.get(seq);
}

/** The part that holds the state after an entry. */
function stateAt({ address, genesis, turns }: Outline, seq: number): PartPlace | undefined {
  let found = genesis && placeOf(address, genesis, "state");
  for (const turn of turns) {
    if (turn.opening.seq > seq) break;
    if (turn.opening.kind === "keyframe") found = placeOf(address, turn.opening, "state");
    if (turn.closing !== undefined && turn.closing.seq <= seq) found = stateAfter(turn) ?? found;
  }
  return found;
}

/** What still tells of parts that were taken away. */
export interface Remains {
  /** Parts that say the same. */
  readonly copies: readonly PartPlace[];
  /** Parts that were taken away, and that replay gives back from the rest. */
  readonly replayed: readonly PartPlace[];
  /** Parts that came out of what was taken away. */
  readonly follows: readonly PartPlace[];
}

/** What is there of a part, apart from what is taken away now. */
export interface Kept {
  /** Whether its bytes are there. */
  bytes(place: PartPlace): boolean;
  /** Whether its salt is there: with it a guess at the bytes can be confirmed. */
  salt(place: PartPlace): boolean;
}

/** Looks for what still tells of the parts in `gone`. */
export function findRemains(traces: Traces, gone: PartSet, kept: Kept): Remains {
  const left = (place: PartPlace) => !gone.has(place) && kept.salt(place);
  const copies = createPartSet();
  const follows = createPartSet();
  for (const place of gone) {
    for (const copy of traces.copies(place)) if (left(copy)) copies.add(copy);
  }
  for (const each of traces.follows(gone)) if (left(each) && !copies.has(each)) follows.add(each);
  const again = traces.replayable((place) => !gone.has(place) && kept.bytes(place));
  const replayed = [...gone].filter((place) => {
    const turn = traces.turnOf(place);
    return turn !== undefined && again.has(turn) &&
      outputsOf(turn).some((each) => placeKey(each) === placeKey(place));
  });
  return { copies: [...copies], replayed, follows: [...follows] };
}

/**
 * Adds to `gone` all that still tells of what is in it, and all that tells of that,
 * until nothing does.
 */
export function closeOver(traces: Traces, gone: PartSet, kept: Kept): void {
  for (;;) {
    const { copies, replayed, follows } = findRemains(traces, gone, kept);
    if (copies.length + replayed.length + follows.length === 0) return;
    for (const place of [...copies, ...follows]) gone.add(place);
    // What goes in must go, or what comes out comes back.
    for (const place of replayed) {
      const turn = traces.turnOf(place);
      const inputs = turn === undefined ? [] : inputsOf(turn);
      const said = inputs.filter(({ role }) => role === "body" || role === "result");
      for (const input of said.length > 0 ? said : inputs) gone.add(input);
    }
  }
}
