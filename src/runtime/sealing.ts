import { formatOrigin } from "../address/mod.ts";
import { canonicalize } from "../codec/mod.ts";
import { systemClock } from "../platform/mod.ts";
import { createSealer, type Node, openNode, type Sealer, type SignedHead } from "../seal/mod.ts";
import type { CommitQueue, LogStore, Write } from "../store/mod.ts";
import { theaterVersion } from "./version.ts";

/** Part `about` of what this program adds to the chain of a node. */
export const aboutText = canonicalize({ theater: theaterVersion });

/** The key with which a house signs. */
export interface SigningKeyFacts {
  /** As a verifier key. */
  readonly key: string;
  /** The file with its seed. */
  readonly seedPath: string;
  /** Whether it was made just now. */
  readonly made: boolean;
}

/** The sealing of a house while it works. */
export interface Sealing {
  readonly key: SigningKeyFacts;
  /** The public key of an actor, for its genesis. */
  actorKey(address: string): string;
  /** Begins to seal. Before this nothing is written. */
  begin(): void;
  /** Commits for an actor, and takes note of it. */
  commit(writes: readonly Write[]): Promise<readonly number[]>;
  /** Seals all that is committed; the newest signed checkpoint. */
  seal(): Promise<SignedHead | undefined>;
  /** Seals the rest, unless told that nothing can be written; then gives the node back. */
  stop(canWrite: boolean): Promise<void>;
}

/**
 * Opens the node of a log for a house.
 *
 * @param failed told when a seal failed
 * @throws {SealError}
 */
export function openSealing(
  store: LogStore,
  queue: CommitQueue,
  dataFolder: string,
  failed: (error: unknown) => void,
): Sealing {
  const node: Node = openNode({ store, dataFolder, nowMs: systemClock.nowMs, about: aboutText });
  let sealer: Sealer | undefined;

  /** A note that was signed goes with what is written next, as it is worth no disk sync of its own. */
  const commit = (writes: readonly Write[]) => {
    const waiting = sealer?.waiting() ?? [];
    return queue.enqueue(waiting.length === 0 ? writes : [...writes, ...waiting]);
  };

  return {
    key: { key: node.key, seedPath: node.seedPath, made: node.made },
    actorKey: (address) => node.actorKey(formatOrigin(store.node, address)),
    begin() {
      node.begin();
      sealer = createSealer({ ...node, reader: store, commit, failed });
    },
    async commit(writes) {
      const positions = await commit(writes);
      sealer?.committed(writes);
      return positions;
    },
    seal: () => sealer?.seal() ?? Promise.resolve(undefined),
    async stop(canWrite) {
      try {
        if (canWrite) await sealer?.stop();
      } catch (error) {
        failed(error);
      } finally {
        node.close();
      }
    },
  };
}
