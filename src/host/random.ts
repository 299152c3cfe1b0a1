import { type HostInterface, HostRefusal } from "./host_interface.ts";

/** Most bytes that one call gives. */
const bytesMax = 65_536;

/** Bytes of the host's cryptographic generator. */
export const randomInterface: HostInterface = {
  name: "theater:actor/random@0.1.0",
  granted: (grants) => grants.random,
  grantHint: "random = true",
  functions: {
    bytes: {
      type: {
        params: [{ name: "count", type: { kind: "u32" } }],
        result: { kind: "list", element: { kind: "u8" } },
      },
      call: (context, count) => {
        if (typeof count !== "number" || count > bytesMax) {
          throw new HostRefusal(`Cannot give random bytes: wanted at most ${bytesMax} a call, got ${count}`);
        }
        return context.randomBytes(count);
      },
    },
    bits: {
      type: { params: [], result: { kind: "u64" } },
      call: (context) => new DataView(context.randomBytes(8).buffer).getBigUint64(0),
    },
  },
};
