/**
 * Seals: the moments at which a node commits to the heads of its actors, and signs.
 *
 * Keeps the trees of a log that is written, the node's keys, and, apart from the
 * log, the head that was signed last. A log that is behind that head or beside it
 * is refused, so that a node never signs two histories. It trusts the store to
 * keep what it was given, and the files of the node no further than their
 * signatures; what is sealed is what the chains say, not whether they are right.
 * Layer 5.
 *
 * @example
 * ```ts
 * const node = openNode({ store, dataFolder: dataFolder(), nowMs: Date.now, about: '{"theater":"0.1.0"}' });
 * node.begin();
 * const commit = (writes: readonly Write[]) => Promise.resolve(store.commit(writes));
 * const sealer = createSealer({ ...node, reader: store, commit, failed: console.error });
 * const head = await sealer.seal(); // { size: 1, note: "…" }
 * ```
 * @module
 */

export { openActorSigner, openForeignSigner } from "./actor_signer.ts";
export { type AbandonedLog, abandonLog } from "./abandon.ts";
export { type NamedKey, readNamedKeys } from "./node_chain.ts";
export { type Node, openNode, type OpenNodeOptions, type SignedHead } from "./node.ts";
export { rotateKey } from "./rotate.ts";
export { nodeFiles } from "./node_files.ts";
export { SealError, type SealFault } from "./seal_error.ts";
export { sealStopped } from "./seal_stopped.ts";
export { createSealer, type Sealer, type SealerPorts } from "./sealer.ts";
