import { setImmediate } from "node:timers";
import { randomBytes, systemClock } from "../platform/mod.ts";
import type { StartReplaying } from "../replay/mod.ts";
import { startRecording, startReplaying, type StartWorker } from "../worker/mod.ts";
import { componentBytes } from "./component_bytes.ts";

/** What a house stands on, its log apart: time, chance, workers and files. A simulation puts another in its place. */
export interface Machine {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Bytes of a cryptographic generator. */
  randomBytes(count: number): Uint8Array;
  /** Calls `work` once after so many milliseconds. @returns takes it back */
  after(ms: number, work: () => void): () => void;
  /** Calls `work` once what has happened by now was heard. */
  soon(work: () => void): void;
  /** Runs turns that are live. */
  readonly startWorker: StartWorker;
  /** Runs turns that were recorded. */
  readonly startReplaying: StartReplaying;
  /** Reads what a manifest names as its component. */
  readonly readComponent: typeof componentBytes;
}

/** The machine that this program runs on. */
export const thisMachine: Machine = {
  nowMs: systemClock.nowMs,
  randomBytes,
  after(ms, work) {
    const handle = setTimeout(work, ms);
    return () => clearTimeout(handle);
  },
  soon: (work) => void setImmediate(work),
  startWorker: startRecording,
  startReplaying,
  readComponent: componentBytes,
};
