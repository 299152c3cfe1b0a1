import { addressOf, NODE_ADDRESS } from "../address/mod.ts";
import type {
  Entry,
  EraseEntry,
  GenesisEntry,
  IncarnationEntry,
  KeyEntry,
  KeyframeEntry,
  PruneEntry,
} from "./entry.ts";
import { linkFault, type Machine, refuseOpenTurn } from "./machine.ts";
import { noRoles, type PartPlaces } from "./part_places.ts";

// Steps of the machine over entries that stand between turns, save the receive. Layer 1.

/** The chain of a node has keys and no turns, those of actors the other way round. */
export function checkNode(isNode: boolean, { kind }: Entry): void {
  switch (kind) { // No default: a new kind fails to compile here.
    case "genesis":
    case "erase":
      return;
    case "key":
      if (!isNode) {
        throw linkFault("wrong_node", `another kind, as this is not the chain of ${NODE_ADDRESS}`, kind);
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
    case "incarnation":
    case "supervise":
      if (isNode) throw linkFault("wrong_node", "a key or an erase, as a node has no turns", kind);
      return;
  }
}

/** A forked chain begins with the state of its parent, and so with an actor that is initialised. */
export function begin(m: Machine, entry: GenesisEntry): Machine {
  if (entry.fork_origin === undefined) return { ...m, origin: entry.origin };
  return { ...m, origin: entry.origin, reason: "fork", initialised: true, stateSeq: entry.seq };
}

export function activate(m: Machine, entry: KeyframeEntry): Machine {
  refuseOpenTurn(m, entry);
  if (entry.activation !== m.activations) {
    throw linkFault("wrong_activation", `${m.activations}`, `${entry.activation}`);
  }
  // How many turns are pruned nobody knows.
  if (m.inGap ? entry.turn < m.turns : entry.turn !== m.turns) {
    throw linkFault("wrong_turn", m.inGap ? `${m.turns} or more` : `${m.turns}`, `${entry.turn}`);
  }
  const { reason } = entry;
  if (reason === "start" || reason === "fork" ? reason !== m.reason : m.reason !== undefined) {
    throw linkFault("wrong_reason", m.reason ?? "another reason", reason);
  }
  return {
    ...m,
    activations: m.activations + 1,
    turns: entry.turn + 1,
    reason: undefined,
    upgraded: reason === "upgrade",
    inGap: false,
    turn: { turn: entry.turn, opened: "instantiate", calls: 0, unanswered: undefined },
    alive: false,
    stateSeq: entry.seq,
  };
}

/** The actor begins anew: what it was before counts no more. */
export function incarnate(m: Machine, entry: IncarnationEntry): Machine {
  refuseOpenTurn(m, entry);
  if (m.reason === "fork") {
    throw linkFault("wrong_incarnation", "the keyframe of the fork first", "incarnation");
  }
  if (entry.incarnation !== m.incarnations) {
    throw linkFault("wrong_incarnation", `${m.incarnations}`, `${entry.incarnation}`);
  }
  const own = addressOf(m.origin ?? "");
  const parent = own.slice(0, Math.max(0, own.lastIndexOf("/")));
  if (entry.cause_origin !== undefined && addressOf(entry.cause_origin) !== parent) {
    const wanted = parent === "" ? "no cause, as this actor has no parent" : `an origin of ${parent}`;
    throw linkFault("wrong_cause", wanted, entry.cause_origin);
  }
  return {
    ...m,
    incarnations: m.incarnations + 1,
    alive: false,
    initialised: false,
    initUnknown: false,
    reason: "start",
  };
}

export function erase(m: Machine, entry: EraseEntry, places: PartPlaces): Machine {
  refuseOpenTurn(m, entry);
  const there = entry.target < entry.seq ? places.at(entry.target) : [];
  if (there === noRoles) return m; // Pruned since: what it had nobody knows.
  const absent = entry.roles.find((role) => !there.includes(role));
  if (absent !== undefined) {
    throw linkFault("wrong_target", `an earlier entry with a part ${absent}`, `entry ${entry.target}`);
  }
  return m;
}

export function prune(m: Machine, entry: PruneEntry, places: PartPlaces): Machine {
  refuseOpenTurn(m, entry);
  // Only keyframes have a part of this name.
  if (entry.before >= entry.seq || !places.at(entry.before).includes("execution")) {
    throw linkFault("wrong_before", "the position of an earlier keyframe", `${entry.before}`);
  }
  return { ...m, prunedBefore: Math.max(m.prunedBefore, entry.before) };
}

export function sign(m: Machine, entry: KeyEntry): Machine {
  if (m.since === undefined ? entry.since !== 0 : entry.since < m.since) {
    throw linkFault("wrong_since", m.since === undefined ? "0" : `${m.since} or more`, `${entry.since}`);
  }
  return { ...m, since: entry.since };
}
