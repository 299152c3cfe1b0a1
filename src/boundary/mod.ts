/**
 * The boundary: the one room that records and replays what crosses between a
 * component and its host, whatever its interfaces are.
 *
 * A recorder hands the component imports that ask the host and write down
 * question and answer; a replayer hands it imports that compare the question
 * with the recording and give the recorded answer; a stand-in hands other code
 * than was recorded the answers that fit what it asks. All are made from the
 * type of the component alone, so none knows any interface.
 *
 * Trusts: the type of the component, what jco's glue lifts, and that host
 * functions return. Trusts neither the guest nor, in a replay, the recording.
 * No I/O, no clock of its own, and runs in a sealed realm. Layer 3.
 *
 * @example
 * ```ts
 * const host = new Map([["theater:actor/log@0.1.0#write", { call: () => undefined }]]);
 * const limits = { callsMax: 10_000, valueBytesMax: 1 << 20, recordBytesMax: 8 << 20 };
 * const recorder = createRecorder({ type, host, limits, nowMs: Date.now });
 * recorder.beginTurn();
 * const instance = instantiate(core, recorder.imports);
 * const calls = recorder.endTurn(); // What the guest's start code called.
 *
 * const replayer = createReplayer({ type });
 * replayer.beginTurn(calls);
 * instantiate(core, replayer.imports);
 * replayer.endTurn(); // undefined: nothing differed.
 * ```
 * @module
 */

export { BoundaryError, type BoundaryFault } from "./boundary_error.ts";
export type { Crossing } from "./crossing.ts";
export { compileDecoder } from "./decode.ts";
export { describeDivergence, type Difference, differenceOf, firstDifference } from "./divergence.ts";
export { compileEncoder } from "./encode.ts";
export { Denied, type HostAnswerer, type HostBinding, type HostTable } from "./host_table.ts";
export { type CallQuestion, type CallRecord, type Divergence, type Stop, Stopped } from "./record.ts";
export { type Boundary, createRecorder, type RecorderOptions, type RecordLimits } from "./recorder.ts";
export { createReplayer, type ReplayBoundary } from "./replayer.ts";
export {
  createStandIn,
  type StandInBoundary,
  type StandInOptions,
  type StoodIn,
  type StoodInCall,
} from "./stand_in.ts";
