/**
 * The thread boundary: one protocol, one client for the host, one entry for the
 * worker.
 *
 * A worker holds one activation: the component's instance, its boundary and its
 * meter. It is given everything it may ever use when it starts, and reaches
 * nothing else. The host hands it turns in batches and hears what happened; if
 * it hears nothing in time, it kills the guest, and then gives the worker up.
 *
 * Trusts: its own code on both sides of the thread; nothing of the guest. Layer 4.
 *
 * @example
 * ```ts
 * const worker = startRecording(setup, { reports: console.log, lost: console.error });
 * worker.turns([{ turn: 1, type: "init", text: "null" }], { pending: 0, returned: 0, tokens: [] });
 * ```
 * @module
 */

export {
  dropWorkerAhead,
  startRecording,
  startReplaying,
  startStandingIn,
  type StartWorker,
  startWorkerAhead,
  type WorkerHandle,
  type WorkerHandlers,
} from "./client.ts";
export type { WorkerSetup } from "./client.ts";
export type {
  Owed,
  ReplayInput,
  ReplayStart,
  TurnEnd,
  TurnInput,
  TurnReport,
  WorkerLimits,
} from "./protocol.ts";
