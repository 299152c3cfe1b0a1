import { Buffer } from "node:buffer";
import {
  type ActorRow,
  type LogReader,
  type MailRow,
  nodeTree,
  type StoredPart,
  tileHashes,
  type Write,
} from "./store.ts";
import { StoreError } from "./store_error.ts";

/** Most parts that an entry can have: as many as the kind with the most. */
export const partsMax = 4;

/** Length of every salt, in bytes. */
export const saltBytes = 16;

/** The head of a chain that has no entry. */
export const emptyHead = "0".repeat(64);

const hashPattern = /^[0-9a-f]{64}$/;

function refuse(what: string, wanted: string, got: unknown): never {
  throw new TypeError(`Cannot write ${what}: wanted ${wanted}, got ${got}`);
}

function checkHash(what: string, hash: string): void {
  if (!hashPattern.test(hash)) refuse(what, "64 lowercase hex digits", JSON.stringify(hash));
}

function checkSalt(what: string, salt: Uint8Array | undefined): void {
  if (salt?.length !== saltBytes) refuse(what, `a salt of ${saltBytes} bytes`, salt?.length ?? "none");
}

function checkPart(part: StoredPart): void {
  const salted = part.status === "present" || part.status === "derivable";
  if (salted) checkSalt(`a part that is ${part.status}`, part.salt);
  else if (part.salt !== undefined) refuse(`a part that is ${part.status}`, "no salt", "one");
  if ((part.bytes !== undefined) !== (part.status === "present")) {
    refuse(`a part that is ${part.status}`, part.status === "present" ? "bytes" : "no bytes", "the contrary");
  }
}

function partBytes({ salt, bytes }: StoredPart): number {
  return (salt?.length ?? 0) + (bytes?.length ?? 0);
}

function checkParts(parts: readonly StoredPart[]): number {
  if (parts.length < 1 || parts.length > partsMax) refuse("an entry", `1 to ${partsMax} parts`, parts.length);
  parts.forEach(checkPart);
  return parts.reduce((sum, part) => sum + partBytes(part), 0);
}

function checkNumber(what: string, wanted: string, got: number, least = 0): void {
  if (!Number.isSafeInteger(got) || got < least) refuse(what, wanted, got);
}

function checkDigits(what: string, digits: string): void {
  if (!/^[0-9]+$/.test(digits)) refuse(what, "decimal digits", digits);
}

function checkMail({ type, salt, cause, key, reply }: Omit<MailRow, "position">): void {
  checkSalt("a message", salt);
  if ((cause === undefined) !== (type === "news")) {
    refuse(`a message ${type}`, type === "news" ? "no cause" : "a cause", cause?.hash ?? "none");
  }
  if (cause !== undefined) checkHash("a cause", cause.hash);
  if (key !== undefined) checkSalt("a key", key.salt);
  if ((reply !== undefined) !== (type === "reply")) {
    refuse(`a message ${type}`, type === "reply" ? "a request" : "no request", reply?.request ?? "none");
  }
  if (reply !== undefined) checkDigits("a reply", reply.request);
}

/** What a plan looks at: the log as committed. */
export type Committed = Pick<LogReader, "actor" | "entry" | "parts" | "sealed">;

/** A row that is being worked on; only its plan sees it. */
type Draft = { -readonly [Key in keyof ActorRow]: ActorRow[Key] };

/**
 * Decides, without writing anything, whether a list of writes may be committed,
 * and how the rows of its actors stand afterwards. Both stores decide by this.
 *
 * @param log the log as committed
 * @returns the rows that change, by address; new actors among them
 * @throws {StoreError} `out_of_order`, `unknown_actor`, `actor_exists`
 * @throws {TypeError} when a write has the wrong shape
 */
export function planCommit(
  writes: readonly Write[],
  log: Committed,
): ReadonlyMap<string, ActorRow> {
  const rows = new Map<string, Draft>();
  const find = (address: string): ActorRow => {
    const row = rows.get(address) ?? log.actor(address);
    if (row === undefined) throw new StoreError({ code: "unknown_actor", address });
    return row;
  };
  const change = (address: string): Draft => {
    const drafted = rows.get(address);
    if (drafted !== undefined) return drafted;
    const { origin, size, head, turns, activations, bytes, status } = find(address);
    const draft = { address, origin, size, head, turns, activations, bytes, status };
    rows.set(address, draft);
    return draft;
  };
  let leaves: number | undefined;
  const takeLeaf = (address: string, index: number): void => {
    leaves ??= log.sealed();
    if (!Number.isSafeInteger(index) || index < leaves) {
      throw new StoreError({ code: "leaf_out_of_order", address, wanted: leaves, got: index });
    }
    leaves = index + 1;
  };
  /** What this commit has changed already, so that nothing is counted twice. */
  const touched = new Set<string>();
  const touch = (...place: unknown[]): void => {
    const key = place.join(" ");
    if (touched.has(key)) refuse(`to entry ${key}`, "one change in a commit", "two");
    touched.add(key);
  };
  /** The part of an entry that was committed before, and stays. */
  const partOf = (address: string, seq: number, part: number): StoredPart => {
    find(address);
    touch(seq, address, part);
    const found = log.parts(address, seq)[part];
    if (found === undefined) throw new StoreError({ code: "unknown_entry", address, seq });
    return found;
  };
  for (const write of writes) {
    switch (write.write) { // No default: a new write fails to compile here.
      case "create": {
        const { address, origin } = write;
        if ((rows.get(address) ?? log.actor(address)) !== undefined) {
          throw new StoreError({ code: "actor_exists", address });
        }
        const counts = { size: 0, head: emptyHead, turns: 0, activations: 0, bytes: 0 };
        rows.set(address, { address, origin, ...counts, status: "running" });
        break;
      }
      case "append": {
        const { address, seq, text, hash, parts } = write;
        const row = change(address);
        if (seq !== row.size) {
          throw new StoreError({ code: "out_of_order", address, wanted: row.size, got: seq });
        }
        checkHash("an entry", hash);
        row.size = seq + 1;
        row.head = hash;
        row.turns = write.turns ?? row.turns;
        row.activations = write.activations ?? row.activations;
        row.bytes += Buffer.byteLength(text) + checkParts(parts);
        break;
      }
      case "append-pruned": {
        const { address, seq, hash } = write;
        const row = change(address);
        if (seq !== row.size) {
          throw new StoreError({ code: "out_of_order", address, wanted: row.size, got: seq });
        }
        checkHash("an entry", hash);
        row.size = seq + 1;
        row.head = hash;
        row.turns = write.turns ?? row.turns;
        row.activations = write.activations ?? row.activations;
        break;
      }
      case "prune": {
        const { address, seq, hash } = write;
        checkHash("an entry", hash);
        find(address);
        touch(seq, address);
        const entry = log.entry(address, seq);
        if (entry === undefined) throw new StoreError({ code: "unknown_entry", address, seq });
        const parts = log.parts(address, seq);
        change(address).bytes -= Buffer.byteLength(entry.text) +
          parts.reduce((sum, part) => sum + partBytes(part), 0);
        break;
      }
      case "restore": {
        const { address, seq, text, parts } = write;
        touch(seq, address);
        const row = log.actor(address);
        checkNumber("an entry back", "a seq", seq);
        // What is there, or was never, does not come back.
        if (row === undefined || seq >= row.size || log.entry(address, seq) !== undefined) {
          throw new StoreError({ code: "unknown_entry", address, seq });
        }
        change(address).bytes += Buffer.byteLength(text) + checkParts(parts);
        break;
      }
      case "erase-part": {
        const { address, seq, part } = write;
        change(address).bytes -= partBytes(partOf(address, seq, part));
        break;
      }
      case "fill-part": {
        const { address, seq, part, bytes } = write;
        const { status } = partOf(address, seq, part);
        if (status !== "derivable") refuse("the bytes of a part", "one that is derivable", status);
        change(address).bytes += bytes.length;
        break;
      }
      case "tile":
        if (write.tree !== nodeTree) find(write.tree);
        checkNumber("a tile", "a level", write.level);
        checkNumber("a tile", "an index", write.index);
        if (write.hashes.length !== 32 * tileHashes) {
          refuse("a tile", `${32 * tileHashes} bytes`, write.hashes.length);
        }
        break;
      case "seal":
        find(write.address);
        checkNumber("a seal", "a size of 1 or more", write.size, 1);
        checkHash("a root", write.root);
        takeLeaf(write.address, write.index);
        break;
      case "leaf":
        checkHash("a leaf", write.hash);
        takeLeaf(nodeTree, write.index);
        break;
      case "checkpoint":
        checkNumber("a checkpoint", "a size of 1 or more", write.size, 1);
        break;
      case "status":
        change(write.address).status = write.status;
        break;
      case "lineage":
        find(write.address);
        break;
      case "blob":
      case "blob-gone":
        checkHash("a blob", write.sha256);
        break;
      case "mail":
        find(write.address);
        checkMail(write.mail);
        break;
      case "timer":
        find(write.timer.address);
        checkSalt("a timer", write.timer.salt);
        checkHash("a cause", write.timer.cause.hash);
        checkDigits("a timer", write.timer.timer);
        break;
      case "request":
        find(write.request.address);
        checkHash("a cause", write.request.cause.hash);
        checkDigits("a request", write.request.request);
        break;
      case "restart":
        find(write.restart.child);
        checkNumber("a restart", "a time", write.restart.timeMs);
        break;
      case "restarts-gone":
        break;
      case "state":
      case "mail-taken":
      case "timer-gone":
      case "request-gone":
      case "key":
      case "state-gone":
      case "key-gone":
        find(write.address);
        break;
    }
  }
  return rows;
}
