import type { Hash } from "../merkle/mod.ts";
import { formatCheckpoint } from "../note/mod.ts";

/**
 * The body of an actor's checkpoint, which is also its leaf in the node's tree.
 *
 * @param origin `<node>/<address>`: names the chain, its tree, and the key that signs it
 * @param root 64 hex digits
 */
export function headBody(origin: string, size: number, root: string): string {
  return formatCheckpoint({ origin, size, root: root as Hash, extensions: [] });
}
