import type { Output } from "./context.ts";
import { formatCount } from "./quantity.ts";

/** How often the line is drawn again, in milliseconds. */
const intervalMs = 200;

/** Shows on a terminal how much of something is done; says nothing elsewhere. */
export interface ShareProgress {
  step(done: number, of: number): void;
  /** Takes the line away. */
  finish(): Promise<void>;
}

/**
 * @param what what is counted, such as `entries`
 * @param from nothing is shown where there is less
 */
export function createShareProgress(
  err: Output,
  nowMs: () => number,
  what: string,
  from: number,
): ShareProgress {
  const shown = err.columns !== undefined;
  let drawnMs = nowMs();
  let drawn = false;
  return {
    step(done, of) {
      if (!shown || of < from || nowMs() - drawnMs < intervalMs) return;
      drawnMs = nowMs();
      drawn = true;
      const share = of === 0 ? 100 : Math.min(100, Math.floor(100 * done / of));
      void err.write(`\r\x1b[K${formatCount(done)} of ${formatCount(of)} ${what}, ${share} %`);
    },
    async finish() {
      if (drawn) await err.write("\r\x1b[K");
    },
  };
}
