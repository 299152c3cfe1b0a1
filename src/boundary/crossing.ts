import type { ComponentType } from "../component/mod.ts";
import { BoundaryError } from "./boundary_error.ts";
import { bindExports } from "./exports.ts";
import type { HandleView } from "./handles.ts";
import { type Stop, Stopped } from "./record.ts";

/** What the two sides of the boundary, live and replayed, have in common. */
export interface Crossing {
  /** What jco's `instantiate` is given. Nothing may be called but within a turn, instantiation included. */
  readonly imports: Readonly<Record<string, unknown>>;
  /** Ordinal of the call in hand, or else of the next, in the open turn. */
  callCount(): number;
  /** Why the guest was stopped, if it was. It stays so. */
  stopped(): Stop | undefined;
  /**
   * The import whose call was begun and never written down to its end, if there is one: the engine ran out of
   * stack or memory in our own code. What the turn did after that means nothing.
   */
  brokenOff(): string | undefined;
  /**
   * Calls an export with values as jco lowers them; a `result` comes back as `{ tag, val }`.
   *
   * @param name `interface#function` or `function`
   * @throws what the guest died of: {@linkcode Stopped}, the same object every time, or what the engine throws
   * @throws {BoundaryError} `no_such_export`, `outside_turn`, `reentered`
   */
  invokeExport(instance: unknown, name: string, values: readonly unknown[]): unknown;
  /**
   * The same with texts: `argumentsText` is a canonical JSON array, the result `[]` or `[value]`.
   *
   * @throws as {@linkcode Crossing.invokeExport}
   * @throws {BoundaryError} `text_misfit`, `value_misfit`
   */
  callExport(instance: unknown, name: string, argumentsText: string): string;
}

/** Whether the guest may cross: it runs only within turns, and never twice at a time. */
export interface Gate {
  open(): void;
  close(): void;
  /** Before an import is answered. @throws {Stopped} @throws {BoundaryError} `outside_turn`, `reentered` */
  enter(name: string): void;
  /** The call is written down, and the guest gets `answer`. */
  leave<T>(answer: T): T;
  /** The import that was entered, and neither left nor stopped at. */
  brokenOff(): string | undefined;
  /** The host begins to answer; until {@linkcode Gate.answered} it must not call back. */
  answering(): void;
  /** Whether the host tried to call back. */
  answered(): boolean;
  /** Stops the guest for good. */
  stop(stop: Stop): never;
  stopped(): Stop | undefined;
  /** Runs an export. @throws {Stopped} even if the guest swallowed it */
  run<T>(name: string, call: () => T): T;
}

export function createGate(): Gate {
  let isOpen = false;
  let stopped: Stopped | undefined;
  let answering = false;
  let reentered = false;
  let crossing: string | undefined;

  function admit(name: string): void {
    if (stopped !== undefined) throw stopped;
    if (answering) {
      reentered = true;
      throw new BoundaryError({ code: "reentered", function: name });
    }
    if (!isOpen) throw new BoundaryError({ code: "outside_turn", function: name });
  }

  return {
    open() {
      if (stopped !== undefined) throw new BoundaryError({ code: "stopped", text: stopped.message });
      if (isOpen) throw new BoundaryError({ code: "inside_turn" });
      isOpen = true;
    },
    close() {
      if (!isOpen) throw new BoundaryError({ code: "outside_turn" });
      isOpen = false;
    },
    enter(name) {
      admit(name);
      if (crossing !== undefined) throw new BoundaryError({ code: "reentered", function: name });
      crossing = name;
    },
    leave(answer) {
      crossing = undefined;
      return answer;
    },
    brokenOff: () => crossing,
    answering() {
      answering = true;
      reentered = false;
    },
    answered() {
      answering = false;
      return reentered;
    },
    stop(stop) {
      crossing = undefined;
      stopped = new Stopped(stop);
      throw stopped;
    },
    stopped: () => stopped?.stop,
    run(name, call) {
      admit(name);
      try {
        const value = call();
        if (stopped === undefined) return value;
      } catch (error) {
        if (stopped === undefined) throw error;
      }
      throw stopped; // Whatever the guest made of it: thrown on, swallowed, or turned into another trap.
    },
  };
}

/** The exports of a component behind a gate. */
export function gatedExports(
  type: ComponentType,
  imported: HandleView,
  gate: Gate,
): Pick<Crossing, "invokeExport" | "callExport"> {
  const exports = bindExports(type, imported);
  return {
    invokeExport: (instance, name, values) => gate.run(name, () => exports.invoke(instance, name, values)),
    callExport: (instance, name, text) => gate.run(name, () => exports.call(instance, name, text)),
  };
}
