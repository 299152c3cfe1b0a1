import type { Stop } from "../boundary/mod.ts";
import type { TrapCode } from "../chain/mod.ts";
import { checkJsonText, JsonTextError, sha256TextHex } from "../codec/mod.ts";
import { scriptCrashFunction } from "../host/mod.ts";
import { MemoryRefused, trapCode } from "../limits/mod.ts";
import type { TurnEnd, WorkerLimits } from "./protocol.ts";

/** Deepest JSON that an actor may say. */
const jsonDepthMax = 512;

/** Thrown through the guest to end it; never reaches a caller as an error. */
export class Cut extends Error {
  override readonly name = "Cut"; // An Error, so that the glue cannot take it for the err of a result.
  constructor(readonly reason: "deadline" | "killed") {
    super(reason);
  }
}

/** An actor gave back what it may not: not JSON, or too large. */
export class BadAnswer extends Error {
  override name = "BadAnswer";
}

/** Checks a text that the actor gave back; says what it is in the error. */
export function checkAnswer(text: string, what: "state" | "response", bytesMax: number): void {
  try {
    checkJsonText(text, { bytesMax, depthMax: jsonDepthMax });
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new BadAnswer(`Cannot take the ${what} of the actor: ${error.message}`);
  }
}

/** Checks the text of a refusal, which is an answer like a response. */
export function checkRefusal(text: string, bytesMax: number, byteLength: (text: string) => number): void {
  const bytes = byteLength(text);
  if (bytes <= bytesMax) return;
  throw new BadAnswer(`Cannot take the error of the actor: wanted at most ${bytesMax} bytes, got ${bytes}`);
}

/** An ok end; the state's text is kept apart, as it need not travel. */
export function okEnd(
  state: string,
  response: string | undefined,
  byteLength: (text: string) => number,
): TurnEnd {
  return {
    end: "ok",
    stateSha256: sha256TextHex(state),
    stateBytes: byteLength(state),
    ...(response !== undefined && { response }),
  };
}

/** Names what ended a turn: what was thrown, and what the boundary and the meter know of it. */
export function crashEnd(
  thrown: unknown,
  stop: Stop | undefined,
  stackExhausted: boolean,
  limits: WorkerLimits,
): TurnEnd {
  if (thrown instanceof Cut) return cutEnd(thrown.reason, limits);
  if (thrown instanceof MemoryRefused) return { end: "cut", reason: "killed", detail: thrown.message };
  if (stop !== undefined) return stopEnd(stop);
  if (thrown instanceof BadAnswer) return { end: "trap", code: "answer", reason: thrown.message };
  if (stackExhausted) return trapEnd("stack");
  const code = trapCode(thrown);
  // No host function failed, or there were a stop: the glue could not make sense of what the guest handed over.
  return trapEnd(code === "host" ? "answer" : code);
}

function cutEnd(reason: "deadline" | "killed", limits: WorkerLimits): TurnEnd {
  switch (reason) {
    case "deadline":
      return { end: "cut", reason, detail: `the turn ran longer than ${limits.turnMs} ms (limits.turn_ms)` };
    case "killed":
      return { end: "cut", reason, detail: "the guest was stopped by its host" };
  }
}

function stopEnd(stop: Stop): TurnEnd {
  switch (stop.code) {
    case "denied":
      return { end: "trap", code: "denied", reason: stop.text };
    case "host":
      return {
        end: "trap",
        code: stop.function === scriptCrashFunction ? "script" : "host",
        reason: stop.text,
      };
    case "diverged":
      return { end: "diverged", divergence: stop.divergence };
  }
}

/** The turn used the fuel that its manifest grants. */
export function fuelEnd(fuelUnitsMax: number): TurnEnd {
  return {
    end: "trap",
    code: "fuel",
    reason: `the turn used up its fuel of ${fuelUnitsMax} units (limits.fuel)`,
  };
}

/** Engines word their traps differently, so the words are ours. */
function trapEnd(code: TrapCode): TurnEnd {
  return { end: "trap", code, reason: trapReason(code) };
}

function trapReason(code: TrapCode): string {
  switch (code) {
    case "unreachable":
      return "the component reached code that it declares unreachable (a panic or an abort)";
    case "out_of_bounds":
      return "the component accessed memory or a table out of bounds";
    case "divide_by_zero":
      return "the component divided an integer by zero";
    case "integer_overflow":
      return "an integer of the component overflowed";
    case "indirect_call":
      return "the component called through a table what is not there, or of another type";
    case "stack":
      return "the component called deeper than its stack allows (limits.stack)";
    case "memory":
      return "the component asked for more memory than it may have (limits.memory)";
    case "fuel":
      return "the turn used up its fuel (limits.fuel)";
    case "script":
      return "the script threw an error";
    case "denied":
      return "the component called what its manifest does not grant";
    case "answer":
      return "the component handed over what does not fit the types of its interface";
    case "host":
      return "the host could not answer a call";
    case "unknown":
      return "the component was stopped by its engine, for a reason that has no code";
  }
}
