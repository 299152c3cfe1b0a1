/**
 * The platform as seen from inside a thread: the second window of this room,
 * as a thread must not load what it may not use (files, sockets, SQLite).
 * Layer L2.
 *
 * @module
 */

export { type Clock, systemClock } from "./clock.ts";
export { randomBytes } from "./random.ts";
export { irremovableNames, type SealedRealm, sealRealm } from "./realm.ts";
export { type Runtime, runtime } from "./runtime.ts";
export { openPort, type Post } from "./thread_port.ts";
