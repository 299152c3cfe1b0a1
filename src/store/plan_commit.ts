import { Buffer } from "node:buffer";
import type { ActorRow, StoredPart, Write } from "./store.ts";
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

/** A row that is being worked on; only its plan sees it. */
type Draft = { -readonly [Key in keyof ActorRow]: ActorRow[Key] };

/**
 * Decides, without writing anything, whether a list of writes may be committed,
 * and how the rows of its actors stand afterwards. Both stores decide by this.
 *
 * @param rowOf the row of an actor as committed
 * @returns the rows that change, by address; new actors among them
 * @throws {StoreError} `out_of_order`, `unknown_actor`, `actor_exists`
 * @throws {TypeError} when a write has the wrong shape
 */
export function planCommit(
  writes: readonly Write[],
  rowOf: (address: string) => ActorRow | undefined,
): ReadonlyMap<string, ActorRow> {
  const rows = new Map<string, Draft>();
  const find = (address: string): ActorRow => {
    const row = rows.get(address) ?? rowOf(address);
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
  for (const write of writes) {
    switch (write.write) { // No default: a new write fails to compile here.
      case "create": {
        const { address, origin } = write;
        if ((rows.get(address) ?? rowOf(address)) !== undefined) {
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
        if (parts.length < 1 || parts.length > partsMax) {
          refuse("an entry", `1 to ${partsMax} parts`, parts.length);
        }
        row.size = seq + 1;
        row.head = hash;
        row.turns = write.turns ?? row.turns;
        row.activations = write.activations ?? row.activations;
        row.bytes += Buffer.byteLength(text);
        for (const part of parts) {
          checkPart(part);
          row.bytes += (part.salt?.length ?? 0) + (part.bytes?.length ?? 0);
        }
        break;
      }
      case "status":
        change(write.address).status = write.status;
        break;
      case "blob":
        checkHash("a blob", write.sha256);
        break;
      case "mail":
        find(write.address);
        checkSalt("a message", write.mail.salt);
        checkHash("a cause", write.mail.cause.hash);
        if (write.mail.key !== undefined) checkSalt("a key", write.mail.key.salt);
        break;
      case "timer":
        find(write.timer.address);
        checkSalt("a timer", write.timer.salt);
        checkHash("a cause", write.timer.cause.hash);
        if (!/^[0-9]+$/.test(write.timer.timer)) refuse("a timer", "decimal digits", write.timer.timer);
        break;
      case "state":
      case "mail-taken":
      case "timer-gone":
      case "key":
        find(write.address);
        break;
    }
  }
  return rows;
}
