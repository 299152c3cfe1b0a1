/**
 * Forks: a new actor that goes on from the end of a past turn of another, with
 * the state of that moment and nothing else of it.
 *
 * The fork has a chain of its own, whose genesis names where it comes from; the
 * parent's chain is only read. It trusts the log that it reads no further than
 * its hashes: the state is the one that the parent's chain commits to. Layer 5.
 *
 * @example
 * ```ts
 * const point = await findForkPoint(log, row, locate(log, row, { point: "turn", turn: 12 }), tools);
 * log.commit(forkWrites(log, { name: "what-if", point, about, aboutSalt, nowMs: Date.now() }));
 * ```
 * @module
 */

export { ForkError, type ForkFault } from "./fork_error.ts";
export { findForkPoint, type ForkPoint } from "./fork_point.ts";
export { checkForkName, type ForkRequest, forkWrites } from "./fork_writes.ts";
export { type LeftBehind, type LeftTimer } from "./left_behind.ts";
