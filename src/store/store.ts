/**
 * The port of the log store: what the runtime needs kept, whoever keeps it.
 *
 * Two implementations: SQLite (`sqlite_store.ts`) and memory
 * (`memory_store.ts`, the twin for tests and simulation). Both pass the same
 * conformance suite (`store_conformance.ts`).
 *
 * The store keeps what it is given and judges nothing about its meaning, save
 * one rule: entries of a chain are appended in order, without gaps. Everything
 * apart from entries, parts and blobs is a table for speed that can be rebuilt
 * from them.
 *
 * Layer 2.
 * @module
 */

/** How a part of an entry is kept; numbers as stored. */
export type PartStatus =
  | "present" // its bytes are here
  | "derivable" // replay gives the bytes back; only the salt is here
  | "withheld" // left out of a bundle
  | "erased" // an entry says so
  | "pruned"; // an entry says so

/** One part beside its entry. */
export interface StoredPart {
  readonly status: PartStatus;
  /** 16 random bytes; absent when erased, pruned or withheld. */
  readonly salt?: Uint8Array;
  /** What was said; absent unless present. */
  readonly bytes?: Uint8Array;
}

/** One entry as kept: the very text that was hashed. */
export interface StoredEntry {
  readonly seq: number;
  readonly text: string;
}

/** One entry as kept, with what was said. */
export interface StoredRecord extends StoredEntry {
  /** In the order that the kind of the entry fixes. */
  readonly parts: readonly StoredPart[];
}

/** Which entries of a chain, and in which order. */
export interface EntryRange {
  /** The first. @default 0 */
  readonly from?: number;
  /** The one after the last. @default as many as there are */
  readonly to?: number;
  /** From the last to the first. @default false */
  readonly backwards?: boolean;
}

/** One chain and what is known of its actor. */
export interface ActorRow {
  readonly address: string;
  /** `<node>/<address>`. */
  readonly origin: string;
  /** How many entries the chain has. */
  readonly size: number;
  /** Chain hash of the last entry, 64 hex digits; zeros when there is none. */
  readonly head: string;
  /** How many turns have begun. */
  readonly turns: number;
  /** How many activations have begun. */
  readonly activations: number;
  /** Bytes of entries and parts kept for this chain. */
  readonly bytes: number;
  /** What the actor was doing at the last commit. */
  readonly status: ActorStatus;
}

/** What an actor was doing. */
export type ActorStatus =
  | "running" // a host has it
  | "asleep" // it has no worker until there is something to do, whether a host has it or not
  | "resting" // ended in order, with its host
  | "stopped" // ended by a wish, or by its supervisor
  | "failed"; // did not start, or its supervisor gave up

/** A state kept whole: the one that the entry at `seq` commits to in its part `state`. */
export interface StateRow {
  readonly seq: number;
  readonly bytes: Uint8Array;
}

/** Where a message was written down before its turn. */
export interface StoredCause {
  /** Origin of the chain that holds it. */
  readonly origin: string;
  readonly seq: number;
  /** Chain hash of that entry, 64 hex digits. */
  readonly hash: string;
}

/** A message that waits for its turn and must survive a crash. */
export interface MailRow {
  /** Grows over the whole store; order of delivery. */
  readonly position: number;
  readonly type: "request" | "send" | "timer" | "undeliverable" | "reply" | "news";
  readonly from: string;
  readonly body: Uint8Array;
  /** Salt of the part `body`, repeated from the cause where that says the same bytes. */
  readonly salt: Uint8Array;
  /** Of all but `news`. */
  readonly cause?: StoredCause;
  /** Idempotency key and its salt, for a keyed message from outside. */
  readonly key?: { readonly bytes: Uint8Array; readonly salt: Uint8Array };
  /** The timer that fired, as decimal digits. */
  readonly timer?: string;
  /** Which request this replies to, as decimal digits, and what became of it; of all replies and no others. */
  readonly reply?: { readonly request: string; readonly outcome: StoredOutcome };
}

/** What became of a request to another actor. */
export type StoredOutcome = "ok" | "refused" | "crashed" | "timeout" | "undelivered";

/** A timer that was set and has not fired. */
export interface TimerRow {
  readonly address: string;
  /** Decimal digits. */
  readonly timer: string;
  /** Milliseconds since 1970. */
  readonly dueMs: number;
  readonly body: Uint8Array;
  readonly salt: Uint8Array;
  readonly cause: StoredCause;
}

/** A request to another actor that has no reply yet. */
export interface RequestRow {
  /** Who asked. */
  readonly address: string;
  /** Decimal digits. */
  readonly request: string;
  /** Who was asked. */
  readonly to: string;
  /** When it times out, in milliseconds since 1970. */
  readonly dueMs: number;
  /** The call that asked. */
  readonly cause: StoredCause;
}

/** A restart that a supervisor counts. */
export interface RestartRow {
  /** Address of the supervisor, or `outside`. */
  readonly supervisor: string;
  /** Address of the child. */
  readonly child: string;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
}

/** Where a keyed message of an actor is found: its `accept` or `receive` entry. */
export interface KeyRow {
  readonly seq: number;
}

/**
 * The Merkle tree of the node, beside the trees of actors, which go by their
 * addresses. No address has an `@`.
 */
export const nodeTree = "@node";

/** Hashes in a tile: full ones only are stored. */
export const tileHashes = 256;

/** `log`: written by a host; `bundle`: a copy of chosen actors that nobody writes to again. */
export type LogKind = "log" | "bundle";

/** A leaf of the node's tree: where the tree of an actor stood. */
export interface SealRow {
  /** Which leaf of the node's tree, from 0. */
  readonly index: number;
  readonly address: string;
  /** How many entries the actor's tree had. */
  readonly size: number;
  /** Root of the actor's tree, 64 hex digits. */
  readonly root: string;
}

/** Only in a bundle: a leaf of the node's tree whose actor is not in it. */
export interface LeafRow {
  readonly index: number;
  /** RFC 6962 leaf hash, 64 hex digits. */
  readonly hash: string;
}

/** What the node has signed. */
export interface CheckpointRow {
  /** How many leaves the node's tree had. */
  readonly size: number;
  /** A signed note, to the byte. */
  readonly note: string;
}

/** An actor whose tree has another size than its last seal says. */
export interface UnsealedRow {
  readonly address: string;
  /** How many entries the chain has. */
  readonly size: number;
  /** How many had been sealed; 0 for none. */
  readonly sealed: number;
}

/** An entry of which only the hash is left. */
export interface PrunedRow {
  readonly seq: number;
  /** Chain hash, 64 hex digits. */
  readonly hash: string;
}

/** One thing to write. A commit writes all of its list or nothing. */
export type Write =
  | {
    readonly write: "create";
    readonly address: string;
    readonly origin: string;
  }
  | {
    readonly write: "append";
    readonly address: string;
    readonly seq: number;
    readonly text: string;
    /** Chain hash of this entry, 64 hex digits: becomes the head. */
    readonly hash: string;
    readonly parts: readonly StoredPart[];
    /** Set on entries that begin a turn, or an activation. */
    readonly turns?: number;
    readonly activations?: number;
  }
  /** Of an actor that is forked off another: the proof of where it comes from. */
  | { readonly write: "lineage"; readonly address: string; readonly proof: string }
  | { readonly write: "blob"; readonly sha256: string; readonly bytes: Uint8Array }
  | { readonly write: "state"; readonly address: string; readonly seq: number; readonly bytes: Uint8Array }
  | { readonly write: "status"; readonly address: string; readonly status: ActorStatus }
  | { readonly write: "mail"; readonly address: string; readonly mail: Omit<MailRow, "position"> }
  | { readonly write: "mail-taken"; readonly address: string; readonly position: number }
  | { readonly write: "timer"; readonly timer: TimerRow }
  | { readonly write: "timer-gone"; readonly address: string; readonly timer: string }
  | { readonly write: "request"; readonly request: RequestRow }
  | { readonly write: "request-gone"; readonly address: string; readonly request: string }
  | { readonly write: "restart"; readonly restart: RestartRow }
  /** Restarts of a supervisor before a time are no longer counted; without a time, none is. */
  | { readonly write: "restarts-gone"; readonly supervisor: string; readonly beforeMs?: number }
  | { readonly write: "key"; readonly address: string; readonly key: Uint8Array; readonly seq: number }
  // Trees and what was signed.
  | {
    readonly write: "tile";
    /** An address, or {@linkcode nodeTree}. */
    readonly tree: string;
    readonly level: number;
    readonly index: number;
    /** 256 hashes, 8,192 bytes. */
    readonly hashes: Uint8Array;
  }
  /** Leaves come in order; only a bundle leaves gaps, for what its `leaf` rows hold. */
  | {
    readonly write: "seal";
    readonly index: number;
    readonly address: string;
    readonly size: number;
    readonly root: string;
  }
  | { readonly write: "leaf"; readonly index: number; readonly hash: string }
  | { readonly write: "checkpoint"; readonly size: number; readonly note: string }
  // What is taken away, of entries that were committed before. An entry must say so; the caller sees to it.
  /** The bytes and the salt of a part go. */
  | { readonly write: "erase-part"; readonly address: string; readonly seq: number; readonly part: number }
  /** A part that was derivable is present from here on, under the salt that it has. */
  | {
    readonly write: "fill-part";
    readonly address: string;
    readonly seq: number;
    readonly part: number;
    readonly bytes: Uint8Array;
  }
  /** Of an entry only its chain hash is left. */
  | { readonly write: "prune"; readonly address: string; readonly seq: number; readonly hash: string }
  /** A pruned entry comes back. */
  | {
    readonly write: "restore";
    readonly address: string;
    readonly seq: number;
    readonly text: string;
    readonly parts: readonly StoredPart[];
  }
  /** In a bundle: the chain goes on by an entry that is pruned. */
  | {
    readonly write: "append-pruned";
    readonly address: string;
    readonly seq: number;
    readonly hash: string;
    readonly turns?: number;
    readonly activations?: number;
  }
  | { readonly write: "state-gone"; readonly address: string }
  | { readonly write: "key-gone"; readonly address: string; readonly key: Uint8Array }
  | { readonly write: "blob-gone"; readonly sha256: string };

/** Reading a log; works on a live one and on a copy. */
export interface LogReader {
  /** `<name>~<32 hex digits>`: the node that the log belongs to. */
  readonly node: string;
  readonly kind: LogKind;
  /** All actors, by address. */
  actors(): readonly ActorRow[];
  actor(address: string): ActorRow | undefined;
  /** Entries of `[from, to)`, in order, or backwards; those that are pruned are left out. */
  entries(address: string, range?: EntryRange): Iterable<StoredEntry>;
  /** The same with their parts, for one read each instead of two. */
  records(address: string, range?: EntryRange): Iterable<StoredRecord>;
  entry(address: string, seq: number): StoredEntry | undefined;
  /** The parts of one entry, in order. */
  parts(address: string, seq: number): readonly StoredPart[];
  blob(sha256: string): Uint8Array | undefined;
  /** The proof of where an actor comes from that is forked off another, as JSON. */
  lineage(address: string): string | undefined;
  state(address: string): StateRow | undefined;
  /** Waiting messages of one actor, in order of delivery. */
  mail(address: string): readonly MailRow[];
  /** Timers of one actor, or of all, by due time. */
  timers(address?: string): readonly TimerRow[];
  /** Requests of one actor, or of all, by due time. */
  requests(address?: string): readonly RequestRow[];
  /** The restarts that a supervisor counts, oldest first. */
  restarts(supervisor: string): readonly RestartRow[];
  key(address: string, key: Uint8Array): KeyRow | undefined;
  /** The entries of `[from, to)` that are pruned. */
  pruned(address: string, range?: EntryRange): Iterable<PrunedRow>;
  /** A full tile of the tree of an actor, or of {@linkcode nodeTree}; 8,192 bytes. */
  tile(tree: string, level: number, index: number): Uint8Array | undefined;
  /** How many leaves the node's tree has. */
  sealed(): number;
  /** Leaves of the node's tree, by index in `[from, to)`; in a bundle only those of its actors. */
  seals(range?: EntryRange): Iterable<SealRow>;
  /** The seals of one actor, newest first. */
  sealsOf(address: string): Iterable<SealRow>;
  /** Actors that have changed since their last seal, by address. */
  unsealed(): readonly UnsealedRow[];
  /** Leaf hashes of the node's tree that a bundle has instead of seals, by index in `[from, to)`. */
  leaves(range?: EntryRange): Iterable<LeafRow>;
  /** What was signed at a size of the node's tree, or last. */
  checkpoint(size?: number): CheckpointRow | undefined;
  /** All that was signed, by size, in order or backwards; `from` and `to` are sizes. */
  checkpoints(range?: EntryRange): Iterable<CheckpointRow>;
  /** Closes the log; to close twice does no harm. */
  close(): void;
}

/** The one writer of a log. */
export interface LogStore extends LogReader {
  /**
   * Writes all or nothing; durable when it returns.
   *
   * @returns the positions given to the `mail` writes, in their order
   * @throws {StoreError} `out_of_order` or `leaf_out_of_order` when an entry or a leaf does not follow the last one,
   * `full`, `read_only`, `damaged` or `io` when the disk says no, `fenced` when
   * another writer took over. Nothing is written then.
   */
  commit(writes: readonly Write[]): readonly number[];
  /**
   * Rewrites what is kept so that nothing remains of what was taken away,
   * neither in the file nor beside it. Takes as long as to copy the log.
   *
   * @throws {StoreError} `busy` while another program reads; try again then
   */
  scrub(): void;
}
