/**
 * Why an entry or a chain was refused.
 *
 * The codes are those of `docs/format/`, where each has its rule, and of the
 * vectors in `tests/vectors/chain/`.
 *
 * Layer 1.
 * @module
 */

/** An entry that cannot be read, whatever stands around it. */
export type EntryFault =
  /** Longer than 4,096 bytes. */
  | { readonly code: "too_long"; readonly wanted: string; readonly got: string }
  /** Not in the grammar of entries: other JSON, no JSON, or not its canonical form. */
  | { readonly code: "bad_syntax"; readonly offset: number; readonly wanted: string; readonly got: string }
  /** A key that is not greater than the one before: out of order, or twice. */
  | { readonly code: "key_order"; readonly key: string; readonly wanted: string; readonly got: string }
  | { readonly code: "unknown_version"; readonly wanted: string; readonly got: string }
  | { readonly code: "unknown_kind"; readonly wanted: string; readonly got: string }
  | { readonly code: "unknown_key"; readonly key: string; readonly wanted: string; readonly got: string }
  | { readonly code: "missing_key"; readonly key: string; readonly wanted: string; readonly got: string }
  | { readonly code: "bad_value"; readonly key: string; readonly wanted: string; readonly got: string }
  /** Not as many parts as the entry must have. */
  | { readonly code: "bad_parts"; readonly wanted: string; readonly got: string }
  /** Two keys that do not go together. */
  | { readonly code: "conflict"; readonly key: string; readonly wanted: string; readonly got: string };

/** The rules that an entry can break by where it stands. */
export type LinkCode =
  | "wrong_seq" // not one more than the entry before
  | "wrong_prev" // not the hash of the entry before
  | "wrong_genesis" // first and not genesis, or genesis and not first
  | "turn_open" // a turn is open, and this may only stand between turns
  | "no_turn" // no turn is open, and this may only stand inside one
  | "no_instance" // no instance lives that could receive
  | "wrong_activation" // not the next number
  | "wrong_turn" // not the open turn, or not the next number
  | "wrong_call" // not the next number in its turn
  | "wrong_calls" // not as many as there were
  | "wrong_effects" // more than there were calls
  | "wrong_reason" // "start" or "fork" where it must not be, or another where it must
  | "wrong_init" // an init after one that ended well, or another message before
  | "wrong_migrate" // not the first message after the keyframe of an upgrade
  | "wrong_incarnation" // not the next number, or before the keyframe of a fork
  | "wrong_closing" // a closing entry that such a turn cannot have
  | "wrong_sender" // not the actor itself, where it must be
  | "wrong_cause" // names an entry that is not there, or cannot be a cause
  | "cause_differs" // says otherwise than its cause
  | "cause_spent" // the cause had its receive before
  | "wrong_request" // replies to what was never asked, or to something else than its cause answers
  | "request_spent" // the request had its reply before
  | "wrong_node" // a key outside the chain of a node, or inside it what only actors have
  | "wrong_since" // a first key that does not begin at 0, or one that begins before the last
  | "wrong_target" // erases what is not there
  | "wrong_before" // prunes before what is no keyframe
  | "wrong_pruned"; // pruned where no entry says so, or with an entry behind it that only a keyframe lets stand

/** An entry that cannot stand where it stands. */
export interface LinkFault {
  readonly code: LinkCode;
  readonly wanted: string;
  readonly got: string;
}

/** Why an entry was refused; `seq` where a chain was read. Plain data, so it crosses a thread intact. */
export type ChainFault = (EntryFault | LinkFault) & { readonly seq?: number };

/** An entry or a chain that is refused. `fault` says why. */
export class ChainError extends Error {
  override readonly name = "ChainError";
  readonly fault: ChainFault;

  constructor(fault: ChainFault) {
    super(describe(fault));
    this.fault = fault;
  }
}

function describe(fault: ChainFault): string {
  const which = fault.seq === undefined ? "entry" : `entry ${fault.seq}`;
  return `Cannot accept ${which} as ${why(fault)}: wanted ${fault.wanted}, got ${fault.got}`;
}

function why(fault: ChainFault): string {
  switch (fault.code) { // No default: a new code fails to compile here.
    case "too_long":
      return "it is too long";
    case "bad_syntax":
      return `its text is not that of an entry (offset ${fault.offset})`;
    case "key_order":
      return "its keys are not in order";
    case "unknown_version":
      return "its version is unknown";
    case "unknown_kind":
      return "its kind is unknown";
    case "unknown_key":
      return "it has an unknown key";
    case "missing_key":
      return `its key ${fault.key} is missing`;
    case "bad_value":
      return `its key ${fault.key} has a wrong value`;
    case "bad_parts":
      return "it has a wrong number of parts";
    case "conflict":
      return `its key ${fault.key} does not go with the others`;
    case "wrong_seq":
      return "its number is wrong";
    case "wrong_prev":
      return "it does not follow the entry before";
    case "wrong_genesis":
      return "a chain begins with its genesis, once";
    case "turn_open":
      return "a turn is open";
    case "no_turn":
      return "no turn is open";
    case "no_instance":
      return "no instance lives";
    case "wrong_activation":
      return "its activation is wrong";
    case "wrong_turn":
      return "its turn is wrong";
    case "wrong_call":
      return "its call number is wrong";
    case "wrong_calls":
      return "its count of calls is wrong";
    case "wrong_effects":
      return "its count of effects is wrong";
    case "wrong_reason":
      return "its reason is wrong";
    case "wrong_init":
      return "the actor is initialised once, before anything else";
    case "wrong_migrate":
      return "a state is migrated first, after an upgrade";
    case "wrong_incarnation":
      return "its incarnation is wrong";
    case "wrong_closing":
      return "its turn cannot end so";
    case "wrong_sender":
      return "its sender is wrong";
    case "wrong_cause":
      return "its cause is not one";
    case "cause_differs":
      return "its cause says otherwise";
    case "cause_spent":
      return "its cause had its receive before";
    case "wrong_request":
      return "its request is not one";
    case "request_spent":
      return "its request had its reply before";
    case "wrong_node":
      return "keys stand in the chain of a node, and turns in those of actors";
    case "wrong_since":
      return "its key begins at a wrong size";
    case "wrong_target":
      return "it erases what is not there";
    case "wrong_before":
      return "it prunes before what is no keyframe";
    case "wrong_pruned":
      return "it stands where it must not, beside what is pruned";
  }
}
