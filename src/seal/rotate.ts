/**
 * Another key for a node.
 *
 * Layer 5.
 * @module
 */

import { openNode, type OpenNodeOptions } from "./node.ts";
import { SealError } from "./seal_error.ts";
import { sealStopped } from "./seal_stopped.ts";

/**
 * Makes another key for the node of a log that nobody else writes, and signs with
 * it from here on; the key before stays valid for what it signed. A key whose
 * seed is lost is replaced as well: it can sign nothing any more, not even this.
 *
 * @returns the new key, as a verifier key
 * @throws {SealError} as {@linkcode openNode}, save `key_missing`
 */
export async function rotateKey(options: OpenNodeOptions): Promise<string> {
  const { store } = options;
  const lost = isKeyLost(options);
  const before = openNode({ ...options, replaceLostKey: true });
  try {
    before.begin();
    await sealStopped(before, store);
    if (!lost) {
      // One head more, the one that holds the new key, is the old one's: so who trusts it can trust the new one.
      before.rotate(store.sealed() + 1);
      await sealStopped(before, store);
    }
  } finally {
    before.close();
  }
  const after = openNode(options);
  try {
    await sealStopped(after, store);
    return after.key;
  } finally {
    after.close();
  }
}

function isKeyLost(options: OpenNodeOptions): boolean {
  try {
    openNode(options).close();
    return false;
  } catch (error) {
    if (error instanceof SealError && error.fault.code === "key_missing") return true;
    throw error;
  }
}
