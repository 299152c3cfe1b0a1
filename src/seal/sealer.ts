/**
 * Seals a log while it is written: trees grow, the node signs.
 *
 * Layer 5.
 * @module
 */

import { NODE_ADDRESS } from "../address/mod.ts";
import { formatCheckpoint, type Signer, signNote } from "../note/mod.ts";
import type { LogReader, Write } from "../store/mod.ts";
import type { SignedHead } from "./node.ts";
import { createTreeKeeper } from "./tree_keeper.ts";

/** Longest wait between a change and its seal, and so the least between two seals, in milliseconds. */
const sealEveryMsDefault = 200;

/** What a sealer needs. Each port may throw or reject: what comes after it does not happen then. */
export interface SealerPorts {
  readonly reader: LogReader;
  /** Writes all or nothing; settles when it is durable. */
  commit(writes: readonly Write[]): Promise<unknown>;
  /** Name of the node. */
  readonly origin: string;
  /** Signs for the node what has `size` leaves, if somebody may. */
  signerFor(size: number): Signer | undefined;
  /** The head that was signed last. */
  readonly signed: SignedHead | undefined;
  /** Writes a signed head apart from the log; durable when it settles. */
  writeHead(note: string): Promise<void>;
  /** Told when a seal failed that nobody had asked for. */
  failed(error: unknown): void;
  /** @default 200 */
  readonly everyMs?: number;
}

/** Seals a log while it is written. */
export interface Sealer {
  /** Takes note of a commit, once it is durable; commits come in order. A seal follows by itself. */
  committed(writes: readonly Write[]): void;
  /**
   * Notes that were signed and are not in the log yet: to be committed with
   * whatever is committed next. They are handed over once.
   */
  waiting(): readonly Write[];
  /**
   * Seals all that was noted so far.
   *
   * @returns the newest checkpoint of the node, signed and durable; undefined while nothing was ever written
   */
  seal(): Promise<SignedHead | undefined>;
  /** Seals the rest, and writes what waits. After that nothing is sealed any more. */
  stop(): Promise<void>;
}

/**
 * Makes a sealer that goes on where the log stands. What was not sealed before,
 * or sealed and not signed, comes with the first seal.
 *
 * In this order: the leaves and tiles are committed; the head is signed; the
 * signed head is durable apart from the log; only then is the signature handed
 * out or put into the log. So after a crash anywhere the log is never behind
 * what somebody has seen, and the same head is signed again.
 */
export function createSealer(ports: SealerPorts): Sealer {
  const { reader, origin, everyMs = sealEveryMsDefault } = ports;
  const keeper = createTreeKeeper(reader);
  let signed = ports.signed;
  let waiting: Write[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let stopped = false;
  /** Why the trees here are not those of the log any more. */
  let broken: { readonly error: unknown } | undefined;

  async function sealOnce(): Promise<SignedHead | undefined> {
    if (broken !== undefined) throw broken.error;
    // A change of keys that was cut off: the old key may sign the head with the leaf that names the new one, and
    // no larger one. So what is not signed is signed as it is, and that leaf goes before all others.
    if (keeper.size > 0) await sign();
    if (keeper.size > 0 && keeper.changedWithOthers(NODE_ADDRESS)) await signGrown(NODE_ADDRESS);
    return await signGrown();
  }

  async function signGrown(only?: string): Promise<SignedHead | undefined> {
    if (keeper.changed) {
      try {
        for (const writes of keeper.grow(only)) await ports.commit(writes);
      } catch (error) {
        broken = { error };
        throw error;
      }
    }
    return await sign();
  }

  async function sign(): Promise<SignedHead | undefined> {
    if (keeper.size === (signed?.size ?? 0)) return signed;
    const head = keeper.head();
    const signer = ports.signerFor(head.size);
    if (signer === undefined) return signed; // A larger head will cover it.
    const note = signNote(formatCheckpoint({ ...head, origin, extensions: [] }), [signer]);
    await ports.writeHead(note);
    signed = { size: head.size, note };
    waiting.push({ write: "checkpoint", ...signed });
    return signed;
  }

  function seal(): Promise<SignedHead | undefined> {
    clearTimeout(timer);
    timer = undefined;
    const next = last.then(sealOnce, sealOnce);
    last = next.catch(() => {});
    return next;
  }

  function schedule() {
    if (timer !== undefined || stopped || broken !== undefined) return;
    timer = setTimeout(() => {
      seal().catch(ports.failed);
    }, everyMs);
  }

  function take(): readonly Write[] {
    const taken = waiting;
    waiting = [];
    return taken;
  }

  if (keeper.changed || keeper.size > (signed?.size ?? 0)) schedule();
  return {
    committed(writes) {
      let changed = false;
      for (const write of writes) {
        if (write.write !== "append") continue;
        keeper.note(write.address, write.seq, write.hash);
        changed = true;
      }
      if (changed) schedule();
    },
    waiting: take,
    seal,
    async stop() {
      stopped = true;
      await seal();
      const rest = take();
      if (rest.length > 0) await ports.commit(rest);
    },
  };
}
