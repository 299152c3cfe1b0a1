import type { HostInterface } from "./host_interface.ts";

/** The time of the host. */
export const clockInterface: HostInterface = {
  name: "theater:actor/clock@0.1.0",
  granted: (grants) => grants.clock,
  grantHint: "clock = true",
  functions: {
    now: {
      type: { params: [], result: { kind: "u64" } },
      call: (context) => BigInt(context.nowMs()),
    },
    monotonic: {
      type: { params: [], result: { kind: "u64" } },
      call: (context) => context.monotonicNs(),
    },
  },
};
