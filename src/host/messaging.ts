import type { HostInterface } from "./host_interface.ts";

/** Sending to other actors. Always there: what may be reached is decided for each address. */
export const messagingInterface: HostInterface = {
  name: "theater:actor/messaging@0.1.0",
  granted: () => true,
  grantHint: undefined,
  functions: {
    send: {
      type: {
        params: [
          { name: "to", type: { kind: "string" } },
          { name: "body", type: { kind: "string" } },
        ],
        result: {
          kind: "result",
          err: {
            kind: "variant",
            cases: [
              { name: "not-allowed" },
              { name: "bad-address", type: { kind: "string" } },
              { name: "bad-body", type: { kind: "string" } },
              { name: "too-large", type: { kind: "u64" } },
            ],
          },
        },
      },
      bodyArgument: 1,
      staged: () => '[{"ok":null}]',
      call: (context, to, body) => {
        const refuse = (tag: string, val?: unknown) => ({ tag: "err", val: { tag, val } });
        const address = String(to);
        const badAddress = context.addressFault(address);
        if (badAddress !== undefined) return refuse("bad-address", badAddress);
        if (!context.maySendTo(address)) return refuse("not-allowed");
        const bytes = context.byteLength(String(body));
        if (bytes > context.messageBytesMax) return refuse("too-large", BigInt(context.messageBytesMax));
        const badBody = context.jsonFault(String(body));
        if (badBody !== undefined) return refuse("bad-body", badBody);
        context.stage({ effect: "send", to: address, call: context.call() });
        return { tag: "ok", val: undefined };
      },
    },
    self: {
      type: { params: [], result: { kind: "string" } },
      call: (context) => context.address,
    },
  },
};
