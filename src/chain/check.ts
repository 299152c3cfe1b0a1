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
import { CauseLedger, type OpenCause } from "./cause_ledger.ts";
import { ChainError, type LinkCode } from "./chain_error.ts";
import type {
  CallEntry,
  ClosingEntry,
  Entry,
  EraseEntry,
  GenesisEntry,
  HashHex,
  KeyframeEntry,
  MessageType,
  PartRole,
  PruneEntry,
  ReceiveEntry,
  TrapEntry,
} from "./entry.ts";
import { chainHash, zeroHash } from "./hash.ts";
import { parseEntry } from "./parse.ts";
import { partRoles } from "./part.ts";

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
  /** The turn that is open. */
  readonly openTurn: number | undefined;
  /** Calls of the open turn so far. */
  readonly openCalls: number;
  /** Whether an instance lives that could receive. */
  readonly alive: boolean;
  /** Whether an init has ended well. */
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
   * of the kinds erase and prune, up to the next keyframe.
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
  /** Accepts without a receive, and own sends and timers that nothing came back from, by position. */
  openCauses(): readonly OpenCause[];
}

/** The turn that is open. */
interface OpenTurn {
  readonly turn: number;
  readonly opened: "instantiate" | MessageType;
  readonly calls: number;
  /** Set once a call was not answered: the turn can only trap, or be cut. */
  readonly unanswered: "denied" | "failed" | undefined;
}

/** Where the machine stands; replaced, never changed, so that a refusal leaves no trace. */
interface Machine {
  readonly size: number;
  readonly hash: HashHex;
  readonly origin: string | undefined;
  readonly activations: number;
  readonly turns: number;
  readonly turn: OpenTurn | undefined;
  readonly alive: boolean;
  readonly initialised: boolean;
  readonly stateSeq: number | undefined;
  /** Set behind pruned entries, up to the next keyframe. */
  readonly inGap: boolean;
  /** Set once entries are pruned, until a receive tells whether an init had ended well. */
  readonly initUnknown: boolean;
  /** What the last key signs from; undefined before the first. */
  readonly since: number | undefined;
  /** Entries before this one may be pruned. */
  readonly prunedBefore: number;
}

const start: Machine = {
  size: 0,
  hash: zeroHash,
  origin: undefined,
  activations: 0,
  turns: 0,
  turn: undefined,
  alive: false,
  initialised: false,
  stateSeq: undefined,
  inGap: false,
  initUnknown: false,
  since: undefined,
  prunedBefore: 0,
};

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
        if (entry.seq !== machine.size) throw fault("wrong_seq", `${machine.size}`, `${entry.seq}`);
        if (entry.prev !== machine.hash) throw fault("wrong_prev", machine.hash, entry.prev);
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
      machine = {
        ...machine,
        size: size + 1,
        hash,
        turn: undefined,
        alive: false,
        inGap: true,
        initUnknown: true,
        stateSeq: undefined,
      };
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
      const { turn, inGap: _, initUnknown: __, since: ___, prunedBefore: ____, ...rest } = machine;
      return { ...rest, openTurn: turn?.turn, openCalls: turn?.calls ?? 0 };
    },
    openCauses: () => causes.open(),
  };
}

/** One step of the machine, save `size` and `hash`. */
function step(m: Machine, entry: Entry, causes: CauseLedger, places: PartPlaces): Machine {
  if ((entry.kind === "genesis") !== (m.size === 0)) {
    throw fault("wrong_genesis", m.size === 0 ? "genesis" : "another kind", entry.kind);
  }
  if (m.origin !== undefined) checkNode(addressOf(m.origin) === NODE_ADDRESS, entry);
  if (m.inGap && entry.kind !== "keyframe" && entry.kind !== "erase" && entry.kind !== "prune") {
    throw fault("wrong_pruned", "a keyframe, an erase or a prune behind what is pruned", entry.kind);
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
    case "erase":
      return erase(m, entry, places);
    case "prune":
      return prune(m, entry, places);
    case "key":
      if (m.since === undefined ? entry.since !== 0 : entry.since < m.since) {
        throw fault("wrong_since", m.since === undefined ? "0" : `${m.since} or more`, `${entry.since}`);
      }
      return { ...m, since: entry.since };
  }
}

/** The chain of a node has keys and no turns, those of actors the other way round. */
function checkNode(isNode: boolean, { kind }: Entry): void {
  switch (kind) { // No default: a new kind fails to compile here.
    case "genesis":
    case "erase":
      return;
    case "key":
      if (!isNode) {
        throw fault("wrong_node", `another kind, as this is not the chain of ${NODE_ADDRESS}`, kind);
      }
      return;
    case "prune":
    case "keyframe":
    case "accept":
    case "receive":
    case "call":
    case "return":
    case "trap":
    case "cut":
      if (isNode) throw fault("wrong_node", "a key or an erase, as a node has no turns", kind);
      return;
  }
}

function erase(m: Machine, entry: EraseEntry, places: PartPlaces): Machine {
  refuseOpenTurn(m, entry);
  const there = entry.target < entry.seq ? places.at(entry.target) : [];
  if (there === noRoles) return m; // Pruned since: what it had nobody knows.
  const absent = entry.roles.find((role) => !there.includes(role));
  if (absent !== undefined) {
    throw fault("wrong_target", `an earlier entry with a part ${absent}`, `entry ${entry.target}`);
  }
  return m;
}

function prune(m: Machine, entry: PruneEntry, places: PartPlaces): Machine {
  refuseOpenTurn(m, entry);
  // Only keyframes have a part of this name.
  if (entry.before >= entry.seq || !places.at(entry.before).includes("execution")) {
    throw fault("wrong_before", "the position of an earlier keyframe", `${entry.before}`);
  }
  return { ...m, prunedBefore: Math.max(m.prunedBefore, entry.before) };
}

function begin(m: Machine, entry: GenesisEntry): Machine {
  return { ...m, origin: entry.origin };
}

function activate(m: Machine, entry: KeyframeEntry): Machine {
  refuseOpenTurn(m, entry);
  if (entry.activation !== m.activations) {
    throw fault("wrong_activation", `${m.activations}`, `${entry.activation}`);
  }
  // How many turns are pruned nobody knows.
  if (m.inGap ? entry.turn < m.turns : entry.turn !== m.turns) {
    throw fault("wrong_turn", m.inGap ? `${m.turns} or more` : `${m.turns}`, `${entry.turn}`);
  }
  if ((entry.reason === "start") !== (m.activations === 0)) {
    throw fault("wrong_reason", m.activations === 0 ? "start" : "another reason", entry.reason);
  }
  return {
    ...m,
    activations: m.activations + 1,
    turns: entry.turn + 1,
    inGap: false,
    turn: { turn: entry.turn, opened: "instantiate", calls: 0, unanswered: undefined },
    alive: false,
    stateSeq: entry.seq,
  };
}

function receive(m: Machine, entry: ReceiveEntry, causes: CauseLedger): Machine {
  refuseOpenTurn(m, entry);
  if (!m.alive) throw fault("no_instance", "a keyframe, or an accept", "receive");
  if (entry.turn !== m.turns) throw fault("wrong_turn", `${m.turns}`, `${entry.turn}`);
  const initialised = m.initUnknown && !m.initialised ? entry.type !== "init" : m.initialised;
  if ((entry.type === "init") === initialised) {
    throw fault("wrong_init", m.initialised ? "another type, as init has ended well" : "init", entry.type);
  }
  const own = m.origin === undefined ? "" : addressOf(m.origin);
  if ((entry.type === "timer" || entry.type === "undeliverable") && entry.from !== own) {
    throw fault("wrong_sender", own, entry.from);
  }
  if (entry.cause_origin !== undefined && entry.cause_origin === m.origin) {
    throw fault("wrong_cause", "no cause_origin where the cause is in this chain", entry.cause_origin);
  }
  causes.check(entry, own);
  return {
    ...m,
    initialised,
    initUnknown: false,
    turns: m.turns + 1,
    turn: { turn: entry.turn, opened: entry.type, calls: 0, unanswered: undefined },
  };
}

function call(m: Machine, entry: CallEntry): Machine {
  const turn = openTurn(m, entry.kind, entry.turn);
  if (turn.unanswered !== undefined) {
    throw fault("wrong_closing", `a trap or a cut, as a call was ${turn.unanswered}`, "call");
  }
  if (entry.call !== turn.calls) throw fault("wrong_call", `${turn.calls}`, `${entry.call}`);
  const unanswered = entry.outcome === "returned" ? undefined : entry.outcome;
  return { ...m, turn: { ...turn, calls: turn.calls + 1, unanswered } };
}

function close(m: Machine, entry: ClosingEntry): Machine {
  const turn = openTurn(m, entry.kind, entry.turn);
  if (entry.calls !== turn.calls) throw fault("wrong_calls", `${turn.calls}`, `${entry.calls}`);
  if (entry.effects > entry.calls) throw fault("wrong_effects", `at most ${entry.calls}`, `${entry.effects}`);
  switch (entry.kind) { // No default: a new closing fails to compile here.
    case "cut":
      return { ...m, turn: undefined, alive: false };
    case "trap": {
      checkTrap(entry, turn);
      return { ...m, turn: undefined, alive: false };
    }
    case "return": {
      if (turn.unanswered !== undefined) {
        throw fault("wrong_closing", `a trap or a cut, as a call was ${turn.unanswered}`, "return");
      }
      if (entry.outcome === "err") {
        if (turn.opened === "instantiate") throw fault("wrong_closing", "ok, a trap or a cut", "err");
        // An actor that refuses its params does not start.
        return { ...m, turn: undefined, alive: turn.opened !== "init" };
      }
      const silent = turn.opened === "instantiate" || turn.opened === "init";
      if (entry.parts.length !== (silent ? 1 : 2)) {
        throw fault(
          "wrong_closing",
          silent ? "a state and no response" : "a state and a response",
          `${entry.parts.length} parts`,
        );
      }
      return {
        ...m,
        turn: undefined,
        alive: true,
        initialised: m.initialised || turn.opened === "init",
        stateSeq: entry.seq,
      };
    }
  }
}

const noRoles: readonly PartRole[] = [];

/** The names of the parts of every entry, one byte an entry. */
class PartPlaces {
  readonly #lists: (readonly PartRole[])[] = [];
  #codes = new Uint8Array(256);
  #size = 0;

  push(roles: readonly PartRole[]): void {
    let code = this.#lists.findIndex((list) => list === roles);
    if (code < 0) code = this.#lists.push(roles) - 1; // There are no more lists than shapes of entries.
    if (this.#size === this.#codes.length) {
      const larger = new Uint8Array(2 * this.#size);
      larger.set(this.#codes);
      this.#codes = larger;
    }
    this.#codes[this.#size++] = code;
  }

  /** Empty for what is not there; `noRoles` for what is pruned. */
  at(seq: number): readonly PartRole[] {
    return seq < this.#size ? this.#lists[this.#codes[seq] ?? -1] ?? [] : [];
  }
}

/** A call without an answer says of what the turn died, and no other trap says so. */
function checkTrap({ code }: TrapEntry, { unanswered }: OpenTurn): void {
  switch (unanswered) { // No default: a new outcome fails to compile here.
    case undefined:
      if (code === "denied" || code === "host") {
        throw fault("wrong_closing", "another code, as every call was answered", code);
      }
      return;
    case "denied":
      if (code !== "denied") throw fault("wrong_closing", "the code denied, as a call was denied", code);
      return;
    case "failed": // A script reports the error that it did not catch by a call that ends it.
      if (code !== "host" && code !== "script") {
        throw fault("wrong_closing", "the code host or script, as a call was failed", code);
      }
      return;
  }
}

function refuseOpenTurn(m: Machine, entry: Entry): void {
  if (m.turn !== undefined) throw fault("turn_open", `the end of turn ${m.turn.turn}`, entry.kind);
}

function openTurn(m: Machine, kind: string, turn: number): OpenTurn {
  if (m.turn === undefined) throw fault("no_turn", "a keyframe, an accept or a receive", kind);
  if (m.turn.turn !== turn) throw fault("wrong_turn", `${m.turn.turn}`, `${turn}`);
  return m.turn;
}

function fault(code: LinkCode, wanted: string, got: string): ChainError {
  return new ChainError({ code, wanted, got });
}
