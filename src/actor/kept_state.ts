import { sha256TextHex } from "../codec/mod.ts";
import type { TurnReport } from "../worker/mod.ts";
import type { ChainWriter, PartDraft } from "./chain_writer.ts";

/** What running an activation's instantiation again is worth, in bytes of a log run again (some 30 ms). */
const activationBytes = 1 << 16;

/** Most time that the turns since the state row may have taken: running them again takes about as long. */
const behindMsMax = 2000;

/** Where a state stands when its keeper begins. */
export interface StatePast {
  /** Whether the state of an earlier incarnation is to be forgotten. */
  readonly forgotten: boolean;
  /** The last committed state; `null` text before the first. */
  readonly state: string;
  /** The last entry that commits to it; -1 if there is none. */
  readonly stateSeq: number;
  /** The entry whose state the log's state row holds; -1 if there is none. */
  readonly stateRowSeq: number;
  /** Bytes of entries and parts since the last keyframe that holds its state whole; may stop counting at the state's size. */
  readonly bytesSinceKeyframe: number;
}

/**
 * Keeps the state of an actor: as it is, and in the log as often as the rule
 * says (DESIGN: "rewritten whenever the bytes logged since exceed its size"), so
 * that recovery is bounded and the log does not grow with the size of the state.
 */
export interface KeptState {
  /** JSON text. */
  text(): string;
  /** The state part of a keyframe that is about to be written. */
  keyframePart(isFirst: boolean, salt: Uint8Array): PartDraft;
  /** An activation begins: one more to run again. */
  activated(): void;
  /** The entry `seq` commits to the state as it is. */
  standsAt(seq: number): void;
  /** A turn has ended with the entry `seq`. */
  after(report: TurnReport, seq: number): void;
  /** The actor begins anew: its state is `null` again. */
  forget(): void;
  /** Puts the state into its row, unless it is there. */
  flush(): void;
}

/** Keeps the state of the actor whose chain this is. */
export function createKeptState(chain: ChainWriter, past: StatePast): KeptState {
  let state = past.state;
  let seq = past.stateSeq;
  let rowSeq = past.stateRowSeq;
  /** What it would take to come from the row to the state. */
  let behind = { bytes: 0, turnMs: 0 };
  let { forgotten } = past;
  let bytesAtKeyframe = -past.bytesSinceKeyframe;

  function flush() {
    if (rowSeq === seq || forgotten) return; // What it forgot is not what `seq` commits to.
    const bytes = new TextEncoder().encode(state);
    chain.also({ write: "state", address: chain.address, seq, bytes });
    rowSeq = seq;
    behind = { bytes: chain.bytes(), turnMs: 0 };
  }

  return {
    text: () => state,
    /**
     * Whole when the log has outgrown it since the last that was, so that a replay need not begin long before;
     * always in the first, as there is nothing to derive it from.
     */
    keyframePart(isFirst, salt) {
      if (!isFirst && chain.bytes() - bytesAtKeyframe < state.length) {
        return { sha256: sha256TextHex(state), salt };
      }
      bytesAtKeyframe = chain.bytes();
      return { text: state, salt };
    },
    activated() {
      behind.bytes -= activationBytes;
    },
    standsAt(at) {
      seq = at;
      if (!forgotten) return;
      forgotten = false;
      flush(); // Or the state before would be taken for the last that is known.
    },
    forget() {
      state = "null";
      forgotten = true;
    },
    after(report, at) {
      behind.turnMs += report.endMs - report.startMs;
      if (report.end.end !== "ok") return;
      seq = at;
      if (report.end.state === undefined) return; // A later report of this batch brings it.
      state = report.end.state;
      const outgrown = chain.bytes() - behind.bytes > report.end.stateBytes;
      if (outgrown || behind.turnMs > behindMsMax) flush();
    },
    flush,
  };
}
