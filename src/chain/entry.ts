/**
 * The entry: one recorded crossing, as flat canonical JSON.
 *
 * An entry is the unit of everything that is hashed. Its bytes are RFC 8785
 * canonical JSON of the record below, at most {@linkcode entryBytesMax} long,
 * with no nested objects. What was said stands beside it in parts, to which it
 * commits (see `part.ts`). Format: `docs/format/entry.md`.
 *
 * Layer 1.
 * @module
 */

/** The format version that every entry carries as `v`. */
export const entryVersion = 1;

/** Longest entry, in bytes of UTF-8. */
export const entryBytesMax = 4096;

/** A SHA-256 hash as 64 lowercase hexadecimal digits; told from text by `isHashHex()`. */
export type HashHex = string & { readonly __brand: "HashHex" };

/** What every entry holds. */
interface EntryBase {
  readonly v: 1;
  /** Zero-based position in the chain. */
  readonly seq: number;
  /** Milliseconds since 1970-01-01T00:00:00Z, as the host claims; may step back with its clock. */
  readonly time: number;
  /** Chain hash of the entry before; 64 zeros in the first. */
  readonly prev: HashHex;
  /** Commitments to the parts of this entry, in the order that its kind fixes; never empty. */
  readonly parts: readonly HashHex[];
}

/**
 * Entry 0 of every chain. Parts: `about` (canonical JSON: who made the chain), and
 * `state` in a chain that is forked off another: the commitment of the state there,
 * repeated with its salt.
 *
 * The four keys `fork…` are there together or not at all.
 */
export interface GenesisEntry extends EntryBase {
  readonly kind: "genesis";
  /** `<node name>~<32 hex digits>/<address>`: names this chain and no other. */
  readonly origin: string;
  /** Ed25519 public key of the actor, 64 hex digits; absent in chains that are not sealed. */
  readonly key?: string;
  /**
   * `<size> <root>`: the head of a node's tree that is given up, so that this
   * chain begins a new node; only in the chain of a node itself.
   */
  readonly abandons?: string;
  /** Origin of the chain that this one is forked off. */
  readonly fork_origin?: string;
  /** The entry of that chain after which this one goes its own way: it closes a turn. */
  readonly fork_seq?: number;
  /** Chain hash of that entry. */
  readonly fork_entry?: HashHex;
  /** Root of that chain's tree at `fork_seq + 1` entries (RFC 6962). */
  readonly fork_root?: HashHex;
}

/** Why an activation began. The host's claim, save for `start` and `fork`, which stand where they must and only there. */
export type KeyframeReason =
  | "start" // the first of the chain, or of an incarnation
  | "fork" // the first of a forked chain
  | "wake" // after sleep, or in a later run of the host, after an orderly end
  | "recover" // the run before was cut off
  | "restart" // the instance before trapped or was cut
  | "upgrade" // another component
  | "renew"; // after many turns, so that replay stays bounded

/**
 * An activation begins; also opens the turn in which the component is instantiated.
 * Parts: `state`, `component`, `manifest`, `execution` (the last three canonical JSON).
 */
export interface KeyframeEntry extends EntryBase {
  readonly kind: "keyframe";
  /** Zero-based number of the activation within the chain. */
  readonly activation: number;
  readonly reason: KeyframeReason;
  /** Number of the turn that instantiates; turns count up over the whole chain. */
  readonly turn: number;
}

/** What a message is. */
export type MessageType =
  | "init" // the call that makes the first state
  | "request" // somebody waits for the response
  | "send" // nobody does
  | "timer" // one that the actor set
  | "undeliverable" // a send of the actor came back
  | "reply" // what became of a request of the actor
  | "news" // of children of the actor
  | "migrate"; // the call that turns the state of an old component into that of a new one

/** What became of a request to another actor. */
export type ReplyOutcome =
  | "ok" // it was answered
  | "refused" // its turn returned an error
  | "crashed" // its turn trapped, or was cut
  | "timeout" // no answer came in time
  | "undelivered"; // it had no turn

/** What can be accepted before its turn: everything else was written down by the call that causes it. */
export type AcceptedType = "request" | "send";

/**
 * A message was acknowledged before its turn. Parts: `body`, and `key` if `keyed`.
 */
export interface AcceptEntry extends EntryBase {
  readonly kind: "accept";
  readonly type: AcceptedType;
  /** Address of the sender, or `outside`. */
  readonly from: string;
  /** Whether it carries an idempotency key; only from `outside`. */
  readonly keyed: boolean;
}

/**
 * A turn begins. Parts: `body`, and `key` if `keyed`.
 *
 * Where the message was written down before, `cause…` name that entry, and the
 * commitments of the parts are repeated from it, salts included; except that the
 * body of an `undeliverable` wraps the one that came back and has its own salt, as
 * has that of a `reply` which says only what happened.
 */
export interface ReceiveEntry extends EntryBase {
  readonly kind: "receive";
  readonly turn: number;
  readonly type: MessageType;
  /** Address of the sender, or `outside`; of the actor itself with `timer`, `undeliverable` and `news`. */
  readonly from: string;
  /** Whether it carries an idempotency key; only a `request` or `send` from `outside`. */
  readonly keyed: boolean;
  /** The timer that fired, as decimal digits; only with `timer`. */
  readonly timer?: string;
  /** The request that this replies to: its {@linkcode requestId}, as decimal digits; only with `reply`. */
  readonly request?: string;
  /** What became of it; only with `reply`. */
  readonly outcome?: ReplyOutcome;
  /** Origin of the chain that holds the cause; absent when it is this one. */
  readonly cause_origin?: string;
  /** Position of the cause: an `accept`, the `call` that sent, set or asked, or what answered. With `cause`, or neither. */
  readonly cause_seq?: number;
  /** Chain hash of the cause. */
  readonly cause?: HashHex;
}

/** How an import call ended. */
export type CallOutcome =
  | "returned"
  | "denied" // the manifest does not grant it; the turn traps with the code `denied`
  | "failed"; // the host could not answer; the turn traps with the code `host`, or `script`

/**
 * One import call. Parts: `arguments`, `result`, and `body` if `bodied`
 * (what is sent, so that it can be disclosed and matched alone).
 */
export interface CallEntry extends EntryBase {
  readonly kind: "call";
  readonly turn: number;
  /** Zero-based position among the calls of the turn. */
  readonly call: number;
  /** `<interface>#<function>` or `<function>`, as the component imports it. */
  readonly function: string;
  readonly outcome: CallOutcome;
  readonly bodied: boolean;
}

/**
 * A turn ends in order. Parts with `ok`: `state`, and `response` unless the turn
 * instantiated or initialised; with `err` (a refusal; the state stays): `error`.
 */
export interface ReturnEntry extends EntryBase {
  readonly kind: "return";
  readonly turn: number;
  readonly outcome: "ok" | "err";
  /** How many calls the turn made. */
  readonly calls: number;
  /** How many staged effects took effect (`ok`) or were dropped (`err`); at most one a call. */
  readonly effects: number;
  /** Units of the fuel schedule that the keyframe names. */
  readonly fuel: number;
  /** Set where the response answers nobody: the answer to the request comes later, by a call. Only with `ok`. */
  readonly deferred?: true;
}

/** What the guest died of. */
export type TrapCode =
  | "unreachable"
  | "out_of_bounds"
  | "divide_by_zero"
  | "integer_overflow"
  | "indirect_call"
  | "stack"
  | "memory"
  | "fuel" // used up what the manifest grants a turn
  | "script" // an uncaught error in a script actor
  | "denied" // called what its manifest does not grant
  | "answer" // returned what is not allowed (not JSON, too large)
  | "host" // the host could not answer a call
  | "unknown";

/** A turn ends in a crash that replay reproduces; the state stays. Part: `reason` (text). */
export interface TrapEntry extends EntryBase {
  readonly kind: "trap";
  readonly turn: number;
  readonly code: TrapCode;
  readonly calls: number;
  /** How many staged effects were dropped. */
  readonly effects: number;
  readonly fuel: number;
}

/** Why a turn was cut short. */
export type CutReason =
  | "deadline" // it ran longer than its limit
  | "killed" // somebody stopped it
  | "lost"; // its worker or its host went away

/** A turn ends because the host ended it; the state stays. Part: `detail` (text). */
export interface CutEntry extends EntryBase {
  readonly kind: "cut";
  readonly turn: number;
  readonly reason: CutReason;
  readonly calls: number;
  readonly effects: number;
  /** Fuel used when it was cut; absent when unknown. */
  readonly fuel?: number;
}

/**
 * Parts of an earlier entry are taken away for good, salts included. Between
 * turns. Part: `reason` (text).
 */
export interface EraseEntry extends EntryBase {
  readonly kind: "erase";
  /** Position of that entry. */
  readonly target: number;
  /** Names of parts that it has, in ascending order; at least one. */
  readonly roles: readonly PartRole[];
}

/**
 * Of entries before a keyframe no more than their chain hashes need be kept,
 * apart from those of the kinds genesis, keyframe, key, erase and prune. Between
 * turns. Part: `reason` (text).
 */
export interface PruneEntry extends EntryBase {
  readonly kind: "prune";
  /** Position of the keyframe. */
  readonly before: number;
}

/**
 * The node signs with a key from here on. Only in the chain of the node itself.
 * Part: `about` (canonical JSON).
 */
export interface KeyEntry extends EntryBase {
  readonly kind: "key";
  /** `<name>+<8 hex digits>+<base64>`: a verifier key of signed notes. */
  readonly key: string;
  /** It signs what is larger than this many leaves of the node's tree; the key before what is not. */
  readonly since: number;
}

/**
 * An actor begins anew under its address: it is not initialised any more, so that
 * a keyframe `start` with the state `null` follows, and an `init`. Between turns.
 * Part: `about` (canonical JSON).
 */
export interface IncarnationEntry extends EntryBase {
  readonly kind: "incarnation";
  /** Zero-based number of the incarnation within the chain; a life before the first one has none. */
  readonly incarnation: number;
  /** Origin of the parent's chain, if a call of the parent asked for this. The three go together. */
  readonly cause_origin?: string;
  /** Position of that call. */
  readonly cause_seq?: number;
  /** Its chain hash. */
  readonly cause?: HashHex;
}

/** What a supervisor decided about a child. */
export type SupervisorDecision = "restart" | "stop" | "give_up";

/** By which rule. */
export type SupervisorRule =
  | "crash" // the child itself ended badly
  | "sibling" // the strategy says so, as a sibling did
  | "parent" // its parent ends, or is restarted
  | "asked" // somebody asked for it
  | "kept" // it is not restarted, by its restart kind
  | "intensity"; // more restarts than there may be

/** How the children of a supervisor hang together, as in Erlang/OTP. */
export type SupervisorStrategy = "one_for_one" | "one_for_all" | "rest_for_one";

/**
 * What its supervisor decided about this actor; no instance lives after it. Between turns.
 * Part: `reason` (text).
 */
export interface SuperviseEntry extends EntryBase {
  readonly kind: "supervise";
  readonly decision: SupervisorDecision;
  readonly rule: SupervisorRule;
  readonly strategy: SupervisorStrategy;
  /** Address of the actor whose end, or wish, led to this, or `outside`. */
  readonly by: string;
  /** Restarts within the period, this one included. */
  readonly restarts: number;
  /** Most restarts that there may be within the period. */
  readonly intensity: number;
  readonly period_ms: number;
  /** How long a restart waits; 0 unless it restarts. */
  readonly delay_ms: number;
}

/** What a part of an entry is. The position of a part in its entry says which role it has. */
export type PartRole =
  | "about" // genesis, key, incarnation: canonical JSON, who made the chain, the key or the actor
  | "state" // genesis of a fork, keyframe, return: JSON, the state after the entry
  | "component" // keyframe: canonical JSON, what runs
  | "manifest" // keyframe: canonical JSON, the settings in effect
  | "execution" // keyframe: canonical JSON, the versions of all that shapes execution
  | "body" // accept, receive, call: what was sent; JSON in a message, save a refusal
  | "key" // accept, receive: the idempotency key
  | "arguments" // call: canonical JSON
  | "result" // call: canonical JSON
  | "response" // return: JSON
  | "error" // return: text, the refusal
  | "reason" // trap, erase, prune, supervise: text
  | "detail"; // cut: text

/** Any entry of version 1. */
export type Entry =
  | GenesisEntry
  | KeyframeEntry
  | AcceptEntry
  | ReceiveEntry
  | CallEntry
  | ReturnEntry
  | TrapEntry
  | CutEntry
  | EraseEntry
  | PruneEntry
  | KeyEntry
  | IncarnationEntry
  | SuperviseEntry;

/** The kinds of entry. */
export type EntryKind = Entry["kind"];

/** An entry without its place in a chain: what a writer says. */
export type Draft<E extends Entry = Entry> = E extends Entry ? Omit<E, "v" | "seq" | "prev" | "parts">
  : never;

/** How a return, a trap or a cut closes a turn. */
export type ClosingEntry = ReturnEntry | TrapEntry | CutEntry;
