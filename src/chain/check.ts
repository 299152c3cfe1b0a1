/**
 * The chain checker: whether entries follow each other as they must.
 *
 * Reads every entry strictly, recomputes every hash and keeps the state machine
 * of `docs/format/chain.md`. It sees entries only; what their parts say is
 * checked where the parts are.
 *
 * Pure: no I/O, clock or randomness. Entries come from strangers, so every
 * failure is a {@linkcode ChainError}. Layer 1.
 * @module
 */

import { addressOf, NODE_ADDRESS } from "../address/mod.ts";
import { activate, begin, checkNode, erase, incarnate, prune, sign } from "./between_steps.ts";
import { CauseLedger, type OpenCause } from "./cause_ledger.ts";
import { ChainError } from "./chain_error.ts";
import type { Entry, HashHex, PartRole } from "./entry.ts";
import { chainHash } from "./hash.ts";
import { linkFault, type Machine, passOver, refuseOpenTurn, start } from "./machine.ts";
import { parseEntry } from "./parse.ts";
import { partRoles } from "./part.ts";
import { noRoles, PartPlaces } from "./part_places.ts";
import { call, close, receive } from "./turn_steps.ts";

/** What the entries read so far amount to. */
export interface ChainSummary {
  /** How many entries were read. */
  readonly size: number;
  /** Chain hash of the last one; 64 zeros before the first. */
  readonly hash: HashHex;
  /** Origin of the chain; undefined before the genesis. */
  readonly origin: string | undefined;
  /** How many activations have begun. */
  readonly activations: number;
  /** How many turns have begun. */
  readonly turns: number;
  /** How many entries say that the actor begins anew. */
  readonly incarnations: number;
  /** The turn that is open. */
  readonly openTurn: number | undefined;
  /** Calls of the open turn so far. */
  readonly openCalls: number;
  /** Whether an instance lives that could receive. */
  readonly alive: boolean;
  /** Whether an init has ended well, of the present incarnation, or the chain is forked off one that had. */
  readonly initialised: boolean;
  /** Position of the last entry that commits to a state; undefined before the first. */
  readonly stateSeq: number | undefined;
}

/** Reads the entries of one chain, in order. */
export interface ChainChecker {
  /**
   * Reads the next entry.
   *
   * @returns the entry, narrowed
   * @throws {ChainError} at the first rule that it breaks; the checker stays where it was.
   */
  next(text: string): Entry;
  /**
   * Passes over an entry that is pruned. Behind it stand only others, and entries
   * of the kinds erase, prune and incarnation, up to the next keyframe.
   *
   * @param hash Its chain hash: believed here, so it must be proved by a tree.
   */
  skip(hash: HashHex): void;
  /**
   * What an entry read so far says of the absence of a part, so that it counts.
   * An entry says so later than the one it speaks of: ask when all were read.
   */
  removal(seq: number, role: PartRole): "erased" | "pruned" | undefined;
  /**
   * Checks what can only be checked once all entries were read: that an entry
   * says of every one that is pruned that it may be.
   *
   * @throws {ChainError} `wrong_pruned`
   */
  finish(): void;
  /** Chain hash of the last entry: that of `summary()`, without the rest. */
  hash(): HashHex;
  /** Where the chain stands. */
  summary(): ChainSummary;
  /** Accepts without a receive, own sends and timers that nothing came back from, and requests without a reply, by position. */
  openCauses(): readonly OpenCause[];
}

/** Makes a checker that stands before the first entry of a chain. */
export function createChainChecker(): ChainChecker {
  let machine = start;
  const causes = new CauseLedger();
  const places = new PartPlaces();
  const erased = new Map<number, Set<PartRole>>();
  let lastSkipped: number | undefined;

  return {
    next(text) {
      try {
        const entry = parseEntry(text);
        if (entry.seq !== machine.size) throw linkFault("wrong_seq", `${machine.size}`, `${entry.seq}`);
        if (entry.prev !== machine.hash) throw linkFault("wrong_prev", machine.hash, entry.prev);
        const stepped = step(machine, entry, causes, places);
        const hash = chainHash(text);
        causes.note(entry, hash);
        places.push(partRoles(entry));
        if (entry.kind === "erase") {
          const roles = erased.get(entry.target) ?? new Set();
          for (const role of entry.roles) roles.add(role);
          erased.set(entry.target, roles);
        }
        machine = { ...stepped, size: machine.size + 1, hash };
        return entry;
      } catch (error) {
        throw error instanceof ChainError ? new ChainError({ ...error.fault, seq: machine.size }) : error;
      }
    },
    skip(hash) {
      const { size, origin } = machine;
      if (size === 0 || origin === undefined || addressOf(origin) === NODE_ADDRESS) {
        throw new ChainError({
          code: "wrong_pruned",
          wanted: "an entry, as none of this chain may be pruned here",
          got: "its hash",
          seq: size,
        });
      }
      causes.notePruned(size, hash);
      places.push(noRoles);
      lastSkipped = size;
      machine = passOver(machine, hash);
    },
    removal(seq, role) {
      if (erased.get(seq)?.has(role)) return "erased";
      return seq < machine.prunedBefore ? "pruned" : undefined;
    },
    finish() {
      if (lastSkipped === undefined || lastSkipped < machine.prunedBefore) return;
      const wanted = `a prune that says so, before entry ${lastSkipped + 1} or later`;
      throw new ChainError({ code: "wrong_pruned", wanted, got: "none", seq: lastSkipped });
    },
    hash: () => machine.hash,
    summary() {
      const { size, hash, origin, activations, turns, incarnations, turn, alive, initialised, stateSeq } =
        machine;
      return {
        size,
        hash,
        origin,
        activations,
        turns,
        incarnations,
        openTurn: turn?.turn,
        openCalls: turn?.calls ?? 0,
        alive,
        initialised,
        stateSeq,
      };
    },
    openCauses: () => causes.open(),
  };
}

const keptBehindGaps: ReadonlySet<Entry["kind"]> = new Set(["keyframe", "erase", "prune", "incarnation"]);

/** One step of the machine, save `size` and `hash`. */
function step(m: Machine, entry: Entry, causes: CauseLedger, places: PartPlaces): Machine {
  if ((entry.kind === "genesis") !== (m.size === 0)) {
    throw linkFault("wrong_genesis", m.size === 0 ? "genesis" : "another kind", entry.kind);
  }
  if (m.origin !== undefined) checkNode(addressOf(m.origin) === NODE_ADDRESS, entry);
  if (m.inGap && !keptBehindGaps.has(entry.kind)) {
    const wanted = "a keyframe, an incarnation, an erase or a prune behind what is pruned";
    throw linkFault("wrong_pruned", wanted, entry.kind);
  }
  switch (entry.kind) { // No default: a new kind fails to compile here.
    case "genesis":
      return begin(m, entry);
    case "keyframe":
      return activate(m, entry);
    case "accept":
      refuseOpenTurn(m, entry);
      return m;
    case "receive":
      return receive(m, entry, causes);
    case "call":
      return call(m, entry);
    case "return":
    case "trap":
    case "cut":
      return close(m, entry);
    case "incarnation":
      return incarnate(m, entry);
    case "supervise":
      refuseOpenTurn(m, entry);
      return { ...m, alive: false };
    case "erase":
      return erase(m, entry, places);
    case "prune":
      return prune(m, entry, places);
    case "key":
      return sign(m, entry);
  }
}
