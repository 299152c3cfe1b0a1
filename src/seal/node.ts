/**
 * The node behind a log: its keys, the head that it has signed last, and whether
 * the log is the one that was signed.
 *
 * Layer 5.
 * @module
 */

import { join } from "node:path";
import { NODE_ADDRESS } from "../address/mod.ts";
import { toHex } from "../codec/mod.ts";
import { readTreeHead, type TreeHead } from "../merkle/mod.ts";
import {
  type Checkpoint,
  createSigner,
  createSigningKey,
  deriveActorSeed,
  formatVerifierKey,
  NoteError,
  openCheckpoint,
  parseVerifierKey,
  type Signer,
} from "../note/mod.ts";
import { ensureFolder } from "../platform/mod.ts";
import { nodeNodes } from "../proof/mod.ts";
import { type LogReader, type LogStore, takeWriterLock } from "../store/mod.ts";
import { beginNodeChain, nameKey, readNamedKeys } from "./node_chain.ts";
import { type KeptSeed, type NodeFiles, nodeFolder, openNodeFiles } from "./node_files.ts";
import { SealError } from "./seal_error.ts";

/** How to open a node. */
export interface OpenNodeOptions {
  /** The log, opened for writing. */
  readonly store: LogStore;
  /** Where keys and signed heads are kept. */
  readonly dataFolder: string;
  nowMs(): number;
  /** Part `about` of what is added to the chain of the node: canonical JSON. */
  readonly about: string;
  /** The head that this node, which must be new, takes the place of. */
  readonly abandons?: TreeHead;
  /** Make another key where the seed of the one in use is lost. @default false */
  readonly replaceLostKey?: boolean;
}

/** A node that may sign: its log is the one that was signed. */
export interface Node {
  /** The key in use, as a verifier key. */
  readonly key: string;
  /** The file with its seed. */
  readonly seedPath: string;
  /** The file with the head that was signed last. */
  readonly headPath: string;
  /** Whether the key was made just now. */
  readonly made: boolean;
  /** The head that was signed last, as a note, and its size; undefined before the first. */
  readonly signed: SignedHead | undefined;
  /** Name of the node: the origin of its checkpoints. */
  readonly origin: string;
  /**
   * Signs heads of `size` leaves: the key named last for a smaller size. So the head with which the chain
   * names another key is signed by the one before, which vouches for it. None where the seed of that key is
   * lost: no other key may sign such a head.
   */
  signerFor(size: number): Signer | undefined;
  /** The public key of an actor, 64 hex digits, for its genesis. */
  actorKey(origin: string): string;
  /**
   * Writes into the log what is missing there: the chain of the node, and a head
   * that was signed just before a crash. Once, before anything is sealed.
   */
  begin(): void;
  /** Writes a signed head; durable when it settles. @throws {SealError} `head_moved` */
  writeHead(note: string): Promise<void>;
  /**
   * Makes another key, for what has more than `since` leaves, and names it in the
   * chain. Open the node again to sign with it.
   */
  rotate(since: number): void;
  /** Gives the files back to others. */
  close(): void;
}

/** A head as it was signed. */
export interface SignedHead {
  readonly size: number;
  readonly note: string;
}

/**
 * Opens the node of a log: makes its key if there never was one, and checks the
 * log against the head that was signed last.
 *
 * @throws {SealError} `behind`, `beside`, `head_missing`, `head_damaged`, `key_missing`, …
 * @throws {StoreError} `in_use` when another process signs for this node
 */
export function openNode(options: OpenNodeOptions): Node {
  const { store, dataFolder } = options;
  const files = openNodeFiles(dataFolder, store.node);
  ensureFolder(nodeFolder(dataFolder, store.node));
  // A copy of a log has the same node: only one of them may be signed.
  const lock = takeWriterLock(join(files.folder, "head"));
  try {
    const kept = files.seeds();
    const head = checkHead(store, files, kept);
    const { seed, made } = chooseSeed(options, files, kept, head?.size ?? 0);
    return createNode(options, files, { seed, kept, made, head, release: lock.release });
  } catch (error) {
    lock.release();
    throw error;
  }
}

function signerOf(node: string, { seed }: KeptSeed): Signer {
  return createSigner(node, seed);
}

/** The seed of the key that the chain of the node names last; a new one where it names none. */
function chooseSeed(
  { store, about, nowMs, replaceLostKey = false }: OpenNodeOptions,
  files: NodeFiles,
  kept: readonly KeptSeed[],
  signedSize: number,
): { readonly seed: KeptSeed; readonly made: boolean } {
  const named = readNamedKeys(store).at(-1);
  if (named === undefined) {
    const first = kept.find(({ path }) => path === files.seedPath);
    return first === undefined ? { seed: files.createSeed(), made: true } : { seed: first, made: false };
  }
  const seed = kept.find((each) => formatVerifierKey(signerOf(store.node, each).key) === named.key);
  if (seed !== undefined) return { seed: files.adoptSeed(seed), made: false };
  if (!replaceLostKey) throw new SealError({ code: "key_missing", key: named.key, path: files.seedPath });
  const next = files.createNextSeed();
  const key = formatVerifierKey(signerOf(store.node, next).key);
  store.commit(nameKey(store, key, Math.max(signedSize, named.since), { nowMs: nowMs(), about }));
  return { seed: files.adoptSeed(next), made: true };
}

/** Checks the log against the head that was signed last. */
function checkHead(store: LogReader, files: NodeFiles, kept: readonly KeptSeed[]): SignedHead | undefined {
  const { node } = store;
  const { headPath } = files;
  const note = files.readHead();
  if (note === undefined) {
    const last = store.checkpoint();
    if (last === undefined) return undefined; // Nothing was ever released.
    throw new SealError({ code: "head_missing", node, head: headPath, size: last.size });
  }
  const { size, root } = readHeadNote(store, headPath, note, kept);
  const sealed = store.sealed();
  if (sealed < size) {
    throw new SealError({ code: "behind", node, head: headPath, signed: size, found: sealed });
  }
  const found = readTreeHead(nodeNodes(store, size), size).root;
  if (found !== root) {
    throw new SealError({ code: "beside", node, head: headPath, size, signed: root, found });
  }
  const shorter = store.unsealed().find((row) => row.size < row.sealed);
  if (shorter !== undefined) {
    const { sealed: signed, size } = shorter;
    throw new SealError({
      code: "behind",
      node: `${node}/${shorter.address}`,
      head: headPath,
      signed,
      found: size,
    });
  }
  return { size, note };
}

/**
 * Reads the file with the head; any key that this node ever had may have signed
 * it: one whose seed is here, as the log may be older than it, or one that the
 * log names, as its seed may be lost.
 */
function readHeadNote(store: LogReader, head: string, note: string, kept: readonly KeptSeed[]): Checkpoint {
  const { node } = store;
  try {
    const keys = [
      ...kept.map((each) => signerOf(node, each).key),
      ...readNamedKeys(store).map(({ key }) => parseVerifierKey(key)),
    ];
    const checkpoint = openCheckpoint(note, keys);
    if (checkpoint.origin === node) return checkpoint;
    throw new SealError({ code: "head_damaged", head, found: `it is of ${checkpoint.origin}` });
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new SealError({ code: "head_damaged", head, found: error.message });
  }
}

function createNode(
  { store, about, nowMs, abandons }: OpenNodeOptions,
  files: NodeFiles,
  opened: {
    readonly seed: KeptSeed;
    /** All seeds that were ever the node's, as far as they are here. */
    readonly kept: readonly KeptSeed[];
    readonly made: boolean;
    readonly head: SignedHead | undefined;
    release(): void;
  },
): Node {
  const { seed, made, head, release } = opened;
  const signer = signerOf(store.node, seed);
  const key = formatVerifierKey(signer.key);
  const kept = opened.kept.map((each) => signerOf(store.node, each));
  let written = head?.note;
  return {
    key,
    origin: store.node,
    signerFor(size) {
      const named = readNamedKeys(store).findLast(({ since }) => since < size);
      if (named === undefined) return signer; // The chain of the node is not written yet.
      return [signer, ...kept].find((each) => formatVerifierKey(each.key) === named.key);
    },
    made,
    signed: head,
    seedPath: files.seedPath,
    headPath: files.headPath,
    actorKey: (origin) => publicKeyOf(seed.seed, origin),
    begin() {
      if (store.actor(NODE_ADDRESS) === undefined) {
        store.commit(beginNodeChain(store, key, { nowMs: nowMs(), about }, abandons));
      }
      if (head !== undefined && (store.checkpoint()?.size ?? 0) < head.size) {
        store.commit([{ write: "checkpoint", ...head }]);
      }
    },
    async writeHead(note) {
      if (files.readHead() !== written) throw new SealError({ code: "head_moved", head: files.headPath });
      try {
        await files.writeHead(note);
      } finally {
        // It may stand there though the disk did not say that it is durable.
        if (files.readHead() === note) written = note;
      }
    },
    rotate(since) {
      const next = files.createNextSeed();
      const nextKey = formatVerifierKey(signerOf(store.node, next).key);
      store.commit(nameKey(store, nextKey, since, { nowMs: nowMs(), about }));
      files.adoptSeed(next);
    },
    close: release,
  };
}

function publicKeyOf(seed: Uint8Array, origin: string): string {
  return toHex(createSigningKey(deriveActorSeed(seed, origin)).publicKey);
}
