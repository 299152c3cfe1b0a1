import type { HostInterface } from "./host_interface.ts";

/** Words for whoever reads the log: the record of the call is all there is to do. */
export const logInterface: HostInterface = {
  name: "theater:actor/log@0.1.0",
  granted: (grants) => grants.log,
  grantHint: "log = true",
  functions: {
    write: {
      type: {
        params: [
          { name: "level", type: { kind: "enum", names: ["debug", "info", "warn", "error"] } },
          { name: "text", type: { kind: "string" } },
        ],
      },
      call: () => undefined,
    },
  },
};
