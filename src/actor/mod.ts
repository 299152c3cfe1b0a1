/**
 * Actors: a mailbox, a chain, a worker, and the rule that ties them together.
 *
 * A message becomes a turn, a turn becomes entries, entries are committed, and
 * only then does anything leave: answers, messages to others, timers. The worker
 * may run ahead of the log; nobody outside ever does.
 *
 * Trusts: its ports, and the worker's reports (our code, beside the guest).
 * Knows no clock, disk or thread of its own. Layer 5.
 *
 * @example
 * ```ts
 * const actor = createActor(definition, past, ports);
 * await actor.begin();
 * actor.post({ type: "request", from: "outside", body: "{}", salt, answered: console.log });
 * ```
 * @module
 */

export type { Actor, ActorPast } from "./actor.ts";
export { createActor } from "./create_actor.ts";
export { createSupervisionTree, hostAddress, type SupervisionTree, type WishOutcome } from "./tree.ts";
export type { Answer, Incoming, MessageKey, UndeliveredCode } from "./message.ts";
export type { ActorDefinition, ActorEvent, ActorExit, ActorPorts } from "./ports.ts";
export type { Asker } from "./owed.ts";
export type { Places } from "./places.ts";
export { recall, type Recalled } from "./recall.ts";
export type { Salt } from "./turn_entries.ts";
export type { Upgraded } from "./upgrade.ts";
