import { requestId } from "../chain/mod.ts";
import type { ValueType } from "../value/mod.ts";
import { callId, delayMsMax } from "./call_id.ts";
import { type HostContext, type HostInterface, HostRefusal } from "./host_interface.ts";

const sendError: ValueType = {
  kind: "variant",
  cases: [
    { name: "not-allowed" },
    { name: "bad-address", type: { kind: "string" } },
    { name: "bad-body", type: { kind: "string" } },
    { name: "too-large", type: { kind: "u64" } },
    { name: "too-many", type: { kind: "u64" } },
  ],
};

const replyError: ValueType = {
  kind: "variant",
  cases: [
    { name: "nobody" },
    { name: "bad-body", type: { kind: "string" } },
    { name: "too-large", type: { kind: "u64" } },
  ],
};

/** Talking to other actors. Always there: what may be reached is decided for each address. */
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
        result: { kind: "result", err: sendError },
      },
      bodyArgument: 1,
      staged: () => '[{"ok":null}]',
      call: (context, to, body) => {
        const { returned, pendingMax } = context.outstanding;
        const fault = addressFault(context, String(to)) ?? bodyFault(context, String(body)) ??
          (returned() < pendingMax ? undefined : err("too-many", BigInt(pendingMax)));
        if (fault !== undefined) return fault;
        context.stage({ effect: "send", to: String(to), call: context.call() });
        return { tag: "ok", val: undefined };
      },
    },
    request: {
      type: {
        params: [
          { name: "to", type: { kind: "string" } },
          { name: "body", type: { kind: "string" } },
          { name: "timeout-ms", type: { kind: "u64" } },
        ],
        result: { kind: "result", ok: { kind: "u64" }, err: sendError },
      },
      bodyArgument: 1,
      staged: (turn, call) => `[{"ok":"${requestId(turn, call)}"}]`,
      call: (context, to, body, timeout) => {
        if (typeof timeout !== "bigint" || timeout > delayMsMax) {
          throw new HostRefusal(
            `Cannot request: wanted a time limit of at most ${delayMsMax} ms, got ${timeout}`,
          );
        }
        const { pending, pendingMax } = context.outstanding;
        const fault = addressFault(context, String(to)) ?? bodyFault(context, String(body)) ??
          (pending() < pendingMax ? undefined : err("too-many", BigInt(pendingMax)));
        if (fault !== undefined) return fault;
        const id = callId(context);
        context.stage({
          effect: "request",
          to: String(to),
          request: String(id),
          timeoutMs: Number(timeout),
          call: context.call(),
        });
        return { tag: "ok", val: id };
      },
    },
    defer: {
      type: { params: [], result: { kind: "option", some: { kind: "u64" } } },
      call: (context) => {
        const { awaited, token } = context.outstanding;
        if (!awaited()) return undefined;
        const given = token();
        if (given !== undefined) return BigInt(given);
        const id = callId(context);
        context.stage({ effect: "defer", token: String(id) });
        return id;
      },
    },
    reply: {
      type: {
        params: [
          { name: "token", type: { kind: "u64" } },
          { name: "body", type: { kind: "string" } },
        ],
        result: { kind: "result", err: replyError },
      },
      bodyArgument: 1,
      staged: () => '[{"ok":null}]',
      call: (context, token, body) => {
        if (!context.outstanding.owes(String(token))) return err("nobody");
        const fault = bodyFault(context, String(body));
        if (fault !== undefined) return fault;
        context.stage({ effect: "reply", token: String(token), call: context.call() });
        return { tag: "ok", val: undefined };
      },
    },
    self: {
      type: { params: [], result: { kind: "string" } },
      call: (context) => context.address,
    },
  },
};

function err(tag: string, val?: unknown) {
  return { tag: "err", val: { tag, val } };
}

function addressFault(context: HostContext, address: string) {
  const bad = context.addressFault(address);
  if (bad !== undefined) return err("bad-address", bad);
  return context.maySendTo(address) ? undefined : err("not-allowed");
}

function bodyFault(context: HostContext, body: string) {
  const bytes = context.byteLength(body);
  if (bytes > context.messageBytesMax) return err("too-large", BigInt(context.messageBytesMax));
  const bad = context.jsonFault(body);
  return bad === undefined ? undefined : err("bad-body", bad);
}
