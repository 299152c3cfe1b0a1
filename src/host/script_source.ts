import { type HostInterface, HostRefusal } from "./host_interface.ts";

/** The function by which a script actor says what it died of. */
export const scriptCrashFunction = "theater:script/source@0.1.0#crash";

/** The function by which a script actor is given its source. */
export const scriptLoadFunction = "theater:script/source@0.1.0#load";

/** How the script component is given its source, and reports an uncaught error. */
export const scriptSourceInterface: HostInterface = {
  name: "theater:script/source@0.1.0",
  granted: () => true,
  grantHint: undefined,
  functions: {
    load: {
      type: { params: [], result: { kind: "string" } },
      call: (context) => {
        if (context.source === undefined) {
          throw new HostRefusal("Cannot load source: this actor is not a script");
        }
        return context.source;
      },
    },
    crash: {
      type: { params: [{ name: "text", type: { kind: "string" } }] },
      call: (_context, text) => {
        throw new HostRefusal(String(text));
      },
    },
  },
};
