/** Time as the host sees it. The port that everything above asks; tests give a twin. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z; steps back when somebody sets the clock. */
  nowMs(): number;
  /** Nanoseconds since this thread began; never steps back. */
  monotonicNs(): bigint;
}

// Taken now: a sealed realm has neither any more (and Deno's process.hrtime needs the second).
const now = Date.now;
const sinceStartMs = performance.now.bind(performance);

/** The clock of this machine; goes on working in a sealed realm. */
export const systemClock: Clock = {
  nowMs: () => now(),
  monotonicNs: () => BigInt(Math.round(sinceStartMs() * 1e6)),
};
