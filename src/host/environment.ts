import { Denied } from "../boundary/mod.ts";
import type { HostInterface } from "./host_interface.ts";

/** Variables of the host's environment, only those that the manifest names. */
export const environmentInterface: HostInterface = {
  name: "theater:actor/environment@0.1.0",
  granted: (grants) => grants.environment.length > 0,
  grantHint: 'environment = ["NAME"]',
  functions: {
    get: {
      type: {
        params: [{ name: "name", type: { kind: "string" } }],
        result: { kind: "option", some: { kind: "string" } },
      },
      call: (context, name) => {
        if (!context.grants.environment.includes(String(name))) {
          throw new Denied(
            `Cannot read variable ${
              JSON.stringify(name)
            }: the manifest does not name it in permissions.environment`,
          );
        }
        return context.environment.get(String(name));
      },
    },
  },
};
