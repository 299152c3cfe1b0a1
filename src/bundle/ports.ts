import type { ReplayPorts } from "../replay/mod.ts";

/** What it takes to write to a log that nobody else has open. */
export interface WritePorts {
  readonly replay: ReplayPorts;
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** 16 random bytes. */
  salt(): Uint8Array;
}
