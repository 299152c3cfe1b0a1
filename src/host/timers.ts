import { requestId } from "../chain/mod.ts";
import { callId, delayMsMax } from "./call_id.ts";
import { type Effect, type HostInterface } from "./host_interface.ts";

/** Messages to oneself, later. */
export const timersInterface: HostInterface = {
  name: "theater:actor/timers@0.1.0",
  granted: (grants) => grants.timers,
  grantHint: "timers = true",
  functions: {
    set: {
      type: {
        params: [
          { name: "delay-ms", type: { kind: "u64" } },
          { name: "body", type: { kind: "string" } },
        ],
        result: { kind: "result", ok: { kind: "u64" }, err: { kind: "string" } },
      },
      bodyArgument: 1,
      staged: (turn, call) => `[{"ok":"${requestId(turn, call)}"}]`,
      call: (context, delay, body) => {
        const refuse = (val: string) => ({ tag: "err", val });
        if (typeof delay !== "bigint" || delay > delayMsMax) {
          return refuse(`Cannot set timer: wanted a delay of at most ${delayMsMax} ms, got ${delay}`);
        }
        const fault = context.jsonFault(String(body));
        if (fault !== undefined) return refuse(`Cannot set timer: its body is not JSON: ${fault}`);
        const bytes = context.byteLength(String(body));
        if (bytes > context.messageBytesMax) {
          return refuse(
            `Cannot set timer: wanted a body of at most ${context.messageBytesMax} bytes, got ${bytes}`,
          );
        }
        const { pending, pendingMax } = context.outstanding;
        if (pending() >= pendingMax) {
          return refuse(
            `Cannot set timer: wanted fewer than ${pendingMax} to wait (limits.pending), got more`,
          );
        }
        const id = callId(context);
        const effect: Effect = {
          effect: "set-timer",
          timer: String(id),
          delayMs: Number(delay),
          call: context.call(),
        };
        context.stage(effect);
        return { tag: "ok", val: id };
      },
    },
    cancel: {
      type: { params: [{ name: "id", type: { kind: "u64" } }] },
      call: (context, id) => context.stage({ effect: "cancel-timer", timer: String(id) }),
    },
  },
};
