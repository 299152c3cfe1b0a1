import type { Output } from "./context.ts";
import { countOf, formatCount } from "./quantity.ts";

/** Shows on a terminal how far a feed of lines has come; says nothing elsewhere. */
export interface FeedProgress {
  /** One more line was answered: with a response, or with something else. */
  answered(ok: boolean): void;
  /** Takes the progress line away and says what it came to. */
  finish(): Promise<void>;
}

/** How often the line is drawn again, in milliseconds. */
const intervalMs = 200;

/** @param shown whether to draw a line that changes; the summary is written in any case */
export function createFeedProgress(err: Output, nowMs: () => number, shown: boolean): FeedProgress {
  const startMs = nowMs();
  let drawnMs = startMs;
  let answered = 0;
  let failed = 0;

  const text = () => {
    const seconds = Math.max(nowMs() - startMs, 1) / 1000;
    const rate = formatCount(Math.round(answered / seconds));
    const failures = failed === 0 ? "" : `, ${formatCount(failed)} without a response`;
    return `${countOf(answered, "message")} in ${seconds.toFixed(1)} s (${rate}/s)${failures}`;
  };
  return {
    answered(ok) {
      answered += 1;
      if (!ok) failed += 1;
      if (!shown || nowMs() - drawnMs < intervalMs) return;
      drawnMs = nowMs();
      void err.write(`\r\x1b[K${text()}`);
    },
    async finish() {
      await err.write(`${shown ? "\r\x1b[K" : ""}${text()}\n`);
    },
  };
}
