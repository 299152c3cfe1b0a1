/**
 * The host interfaces: what an actor can ask of the world.
 *
 * One file for each interface of `wit/`. They know nothing of recording: the
 * boundary calls them and writes down what was asked and answered. This is the
 * only source of time, randomness and effects that a guest has; all of them
 * come in through {@linkcode HostContext}, so a test can supply its own.
 *
 * Trusts: its context. Layer 3.
 *
 * @example
 * ```ts
 * const table = bindHost(context);
 * const boundary = createRecorder({ type, host: table, nowMs, limits });
 * ```
 * @module
 */

export { bindHost, hostInterfaces, stagedAnswer } from "./bind.ts";
export {
  type Effect,
  type HostContext,
  type HostFunction,
  type HostInterface,
  HostRefusal,
  type Outstanding,
} from "./host_interface.ts";
export { scriptAnswers, scriptCrashFunction, scriptLoadFunction } from "./script_source.ts";
