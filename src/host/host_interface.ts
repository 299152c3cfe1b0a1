import type { Permissions } from "../manifest/mod.ts";
import type { FunctionType } from "../value/mod.ts";

/** Something that happens only if the turn that asked for it commits. */
export type Effect =
  | {
    readonly effect: "send";
    readonly to: string;
    /** Ordinal of the call in its turn; that call's record carries the body. */
    readonly call: number;
  }
  | {
    readonly effect: "set-timer";
    /** Decimal digits; unique within the actor for ever. */
    readonly timer: string;
    /** From the end of the turn, in milliseconds. */
    readonly delayMs: number;
    readonly call: number;
  }
  | { readonly effect: "cancel-timer"; readonly timer: string }
  | {
    readonly effect: "request";
    readonly to: string;
    /** Decimal digits; unique within the actor for ever. */
    readonly request: string;
    /** From the end of the turn, in milliseconds. */
    readonly timeoutMs: number;
    readonly call: number;
  }
  /** The response of the turn answers nobody; a token is decimal digits, unique within the actor for ever. */
  | { readonly effect: "defer"; readonly token: string }
  | { readonly effect: "reply"; readonly token: string; readonly call: number }
  /** The actor ends after this turn, normally. */
  | { readonly effect: "exit" };

/** What the actor has outstanding, the turn in hand included. */
export interface Outstanding {
  /** Most of each of the two below. */
  readonly pendingMax: number;
  /** Timers, requests without a reply, and messages about either that wait. */
  pending(): number;
  /** Own messages that came back and wait. */
  returned(): number;
  /** Whether somebody waits for the response of the turn in hand. */
  awaited(): boolean;
  /** The token that the turn in hand was given; undefined if it has asked for none. */
  token(): string | undefined;
  /** Whether a reply to this token is still to be given. */
  owes(token: string): boolean;
}

/** What host functions may know and do. One for each activation; lives in the actor's worker. */
export interface HostContext {
  readonly address: string;
  readonly grants: Permissions;
  /** The granted variables as they were when the activation began; an unset one is absent. */
  readonly environment: ReadonlyMap<string, string>;
  /** Longest body that may be sent, in bytes of UTF-8. */
  readonly messageBytesMax: number;
  /** The script of a script actor. */
  readonly source: string | undefined;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number;
  /** Nanoseconds from an arbitrary start. */
  monotonicNs(): bigint;
  /** Bytes of a cryptographic generator. */
  randomBytes(count: number): Uint8Array;
  /** Number of the turn in hand. */
  turn(): number;
  /** Ordinal that the call in hand will have in the record of its turn. */
  call(): number;
  /** Says why `text` is not JSON, or nothing if it is. */
  jsonFault(text: string): string | undefined;
  /** Length of `text` in bytes of UTF-8. */
  byteLength(text: string): number;
  /** Tells whether the manifest lets this actor send to `address`. */
  maySendTo(address: string): boolean;
  /** Says why `text` is not an address, or nothing if it is. */
  addressFault(text: string): string | undefined;
  readonly outstanding: Outstanding;
  stage(effect: Effect): void;
}

/** One function of a host interface. */
export interface HostFunction {
  /** As `wit/` declares it. */
  readonly type: FunctionType;
  /** Index of the parameter whose text becomes the part `body` of the call's entry. */
  readonly bodyArgument?: number;
  /**
   * What a call answers that stages its effect, as a record has it: for turns of which nothing leaves. Only
   * functions that do nothing else have it.
   */
  readonly staged?: (turn: number, call: number) => string;
  /** Answers one call; values as jco lifts them, a `result` as `{ tag, val }`. */
  call(context: HostContext, ...values: readonly unknown[]): unknown;
}

/** One interface that Theater offers to components. */
export interface HostInterface {
  /** As imported, with its version. */
  readonly name: string;
  /** Tells whether `grants` allow it. */
  granted(grants: Permissions): boolean;
  /** The line of a manifest that would grant it, for errors; none if always granted. */
  readonly grantHint: string | undefined;
  readonly functions: Readonly<Record<string, HostFunction>>;
}

/** The guest is to be stopped, with this said in the record: not an error of the host. */
export class HostRefusal extends Error {
  override name = "HostRefusal";
}
