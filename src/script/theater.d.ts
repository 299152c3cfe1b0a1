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

/** What became of a request of this actor; comes exactly once for each. */
export type Reply<Body = unknown> =
  & {
    readonly type: "reply";
    /** Who was asked. */
    readonly from: string;
    /** What `request` returned. */
    readonly request: string;
  }
  & (
    | { readonly outcome: "ok"; readonly body: Body }
    /** The text of the refusal, the code of the crash, or why it was not delivered. */
    | { readonly outcome: "refused" | "crashed" | "undelivered"; readonly body: string }
    | { readonly outcome: "timeout"; readonly body: null }
  );

/** Something happened to children of this actor. */
export interface News {
  readonly type: "news";
  /** The actor's own address. */
  readonly from: string;
  readonly body: { readonly news: readonly NewsItem[] };
}

/** One thing that happened to a child. */
export interface NewsItem {
  readonly child: string;
  readonly event: "crashed" | "restarting" | "restarted" | "stopped" | "failed" | "gave_up";
  /** How many entries its chain had then, and the hash of the last. */
  readonly size: number;
  readonly head: string;
  readonly reason: string;
}

/**
 * All that `handle` may be given. An actor that has no children, sets no timers and neither sends nor asks gets
 * {@linkcode Request}s only.
 */
export type Message<Body = unknown, TimerBody = unknown, ReplyBody = unknown> =
  | Request<Body>
  | Timer<TimerBody>
  | Reply<ReplyBody>
  | News
  | Undeliverable;

/** What `handle` returns: the new state, and the response to whoever waits for one. */
export type Turn<State, Response = unknown> = [state: State, response: Response];

/**
 * Throw it to refuse a message: the sender gets the text, the state stays as it was, and everything that the
 * turn sent or set is dropped. Any other error is a crash.
 */
export class Refusal extends Error {
  constructor(text: string);
}

/** Thrown by {@linkcode send}, {@linkcode request} and {@linkcode reply} for what is known on the spot. */
export class SendError extends Error {
  private constructor();
  readonly code: "not-allowed" | "bad-address" | "bad-body" | "too-large" | "too-many" | "nobody";
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

/**
 * Sends `body` to another actor when this turn ends well, and asks for a reply: exactly one message of type
 * "reply" with the `request` that this returns comes back, with the response or with why there is none. It never
 * waits. The same grant as {@linkcode send}.
 * @param timeoutMs from the end of this turn; default 5,000
 * @throws {SendError}
 */
export function request(to: string, body: unknown, timeoutMs?: number): string;

/**
 * Keeps the response of this turn back: what `handle` returns answers nobody, and {@linkcode reply} answers
 * later. Keep the token in the state. Undefined if nobody waits for a response. Always granted.
 */
export function defer(): string | undefined;

/**
 * Answers whoever a token of {@linkcode defer} stands for, when this turn ends well; once for each token.
 * Always granted.
 * @throws {SendError}
 */
export function reply(token: string, body: unknown): void;

/**
 * Ends this actor when this turn ends well: a normal end, after which its supervisor starts it again only if its
 * `restart` is `"permanent"`. Always granted.
 */
export function exit(): void;

/** The address of this actor. Always granted. */
export function self(): string;
