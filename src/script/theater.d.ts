/**
 * What an actor in TypeScript or JavaScript imports from "theater".
 *
 * Everything here is a recorded call: what it asked and what it was answered stands in the actor's log. Each
 * part must be granted by the manifest; a call without its grant ends the turn.
 * @module
 */

/** What JSON can hold. A member that is `undefined` is left out. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [member: string]: Json | undefined };

/**
 * From another actor, or from outside. `Body` is what the sender put into it: look at it before you trust it.
 */
export interface Request<Body = unknown> {
  /** "request": somebody waits for the response. "send": nobody does. */
  readonly type: "request" | "send";
  /** The address of the sender, or "outside". */
  readonly from: string;
  readonly body: Body;
}

/** A timer of this actor is due. */
export interface Timer<Body = unknown> {
  readonly type: "timer";
  /** The actor's own address. */
  readonly from: string;
  /** What `timers.set` returned. */
  readonly id: string;
  /** What `timers.set` was given. */
  readonly body: Body;
}

/** A message that this actor sent could not be delivered. */
export interface Undeliverable {
  readonly type: "undeliverable";
  /** The actor's own address. */
  readonly from: string;
  readonly body: { readonly to: string; readonly reason: string; readonly body: unknown };
}

/**
 * All that `handle` may be given. An actor that neither sets timers nor sends gets {@linkcode Request}s only.
 */
export type Message<Body = unknown, TimerBody = unknown> = Request<Body> | Timer<TimerBody> | Undeliverable;

/** What `handle` returns: the new state, and the response to whoever waits for one. */
export type Turn<State, Response = unknown> = [state: State, response: Response];

/**
 * Throw it to refuse a message: the sender gets the text, the state stays as it was, and everything that the
 * turn sent or set is dropped. Any other error is a crash.
 */
export class Refusal extends Error {
  constructor(text: string);
}

/** Thrown by {@linkcode send} for what is known on the spot. */
export class SendError extends Error {
  private constructor();
  readonly code: "not-allowed" | "bad-address" | "bad-body" | "too-large";
}

/** Lines for whoever reads the log; `console.log` and its kin do the same. Grant: `log = true`. */
export const log: {
  debug(...values: readonly unknown[]): void;
  info(...values: readonly unknown[]): void;
  warn(...values: readonly unknown[]): void;
  error(...values: readonly unknown[]): void;
};

/** Time. `Date.now()` and `new Date()` ask here too. Grant: `clock = true`. */
export const clock: {
  /** Milliseconds since 1970-01-01T00:00:00Z; may step back with the clock of the host. */
  now(): number;
  /** Nanoseconds from an arbitrary start; never decreases until the actor is started again. */
  monotonic(): number;
};

/** Randomness. `Math.random()` asks here too. Grant: `random = true`. */
export const random: {
  /** `count` random bytes; at most 65,536. */
  bytes(count: number): Uint8Array;
  /** At least 0, less than 1. */
  number(): number;
  /** A random UUID, version 4. */
  uuid(): string;
};

/** Messages to oneself, later, which survive a restart. Grant: `timers = true`. */
export const timers: {
  /** A message of type "timer" with this body, no sooner than `delayMs` after this turn. Returns its id. */
  set(delayMs: number, body: unknown): string;
  /** Takes a timer back. One that has fired, or is unknown, is ignored. */
  cancel(id: string): void;
};

/** Variables of the environment. Grant: `environment = ["NAME"]`. */
export const environment: {
  /** The value when the actor was started; undefined if it was not set. */
  get(name: string): string | undefined;
};

/**
 * Sends `body` to another actor when this turn ends well. Grant: `send = ["address", "prefix/*"]`.
 * @throws {SendError}
 */
export function send(to: string, body: unknown): void;

/** The address of this actor. Always granted. */
export function self(): string;
