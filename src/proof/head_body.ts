import type { Hash } from "../merkle/mod.ts";
import { formatCheckpoint } from "../note/mod.ts";

/**
 * The name under which a tree is signed: the origin of its chain, or the node,
 * with a `.` for the `+`, which no name of a key may have: so the keys of a tree can
 * have its name, as c2sp.org/tlog-checkpoint wants it.
 *
 * @param origin `<name>+<32 hex digits>`, and `/<address>` for an actor
 */
export function treeName(origin: string): string {
  return origin.replace("+", ".");
}

/**
 * The body of an actor's checkpoint, which is also its leaf in the node's tree.
 *
 * @param origin of the chain
 * @param root 64 hex digits
 */
export function headBody(origin: string, size: number, root: string): string {
  return formatCheckpoint({ origin: treeName(origin), size, root: root as Hash, extensions: [] });
}
