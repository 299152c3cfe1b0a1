import type { HostInterface } from "./host_interface.ts";

/** What an actor may do about itself and its children. Always there: what may be spawned is decided for each. */
export const supervisorInterface: HostInterface = {
  name: "theater:actor/supervisor@0.1.0",
  granted: () => true,
  grantHint: undefined,
  functions: {
    exit: {
      type: { params: [] },
      call: (context) => context.stage({ effect: "exit" }),
    },
  },
};
