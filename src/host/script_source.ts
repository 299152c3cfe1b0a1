import type { HostTable } from "../boundary/mod.ts";
import { type HostInterface, HostRefusal } from "./host_interface.ts";

/** The function by which a script actor says what it died of. */
export const scriptCrashFunction = "theater:script/source@0.1.0#crash";

/** The function by which a script actor is given its source. */
export const scriptLoadFunction = "theater:script/source@0.1.0#load";

/**
 * What a script component is made of, answered without a host: its source, and the end that it asks for.
 *
 * @param source undefined where the component is no script
 */
export function scriptAnswers(source: string | undefined): HostTable {
  return new Map([
    [scriptLoadFunction, { call: () => load(source) }],
    [scriptCrashFunction, { call: crash }],
  ]);
}

function load(source: string | undefined): string {
  if (source === undefined) throw new HostRefusal("Cannot load source: this actor is not a script");
  return source;
}

function crash(text: unknown): never {
  throw new HostRefusal(String(text));
}

/** How the script component is given its source, and reports an uncaught error. */
export const scriptSourceInterface: HostInterface = {
  name: "theater:script/source@0.1.0",
  granted: () => true,
  grantHint: undefined,
  functions: {
    load: {
      type: { params: [], result: { kind: "string" } },
      call: (context) => load(context.source),
    },
    crash: {
      type: { params: [{ name: "text", type: { kind: "string" } }] },
      call: (_context, text) => crash(text),
    },
  },
};
