import type { RequestRow } from "../store/mod.ts";
import type { Owed } from "../worker/mod.ts";
import type { Answer, MessageKey } from "./message.ts";

/** Who waits for a reply that was deferred. */
export type Asker =
  | {
    readonly asker: "actor";
    readonly address: string;
    /** Decimal digits; undefined if it had given up before the reply was deferred. */
    readonly request: string | undefined;
  }
  | OutsideAsker;

/** Somebody who is no actor. */
export interface OutsideAsker {
  readonly asker: "outside";
  readonly key?: MessageKey;
  readonly answered?: (answer: Answer) => void;
}

/** What an actor waits for, and who waits for it; as committed, or about to be. */
export interface OwedBook {
  timerSet(timer: string): void;
  /** It has fired, or was taken back. */
  timerGone(timer: string): void;
  requestSet(row: RequestRow): void;
  /** The request that the call at `seq` of this chain made, while it has no reply. */
  requestAt(seq: number): string | undefined;
  /** Takes the right to reply to a request: once. */
  claim(request: string): RequestRow | undefined;
  timers(): readonly string[];
  requests(): readonly RequestRow[];
  defer(token: string, asker: Asker): void;
  /** Whom a token stands for: once. */
  redeem(token: string): Asker | undefined;
  /** Everybody outside who waits for a deferred reply; none of them after that. */
  abandonOutside(): readonly OutsideAsker[];
  /** No reply is owed any more; whoever waits for one gives up in time. */
  forgetTokens(): void;
  /** For the worker. @param waiting messages in the mailbox, by what they are about */
  owed(waiting: Pick<Owed, "pending" | "returned">): Owed;
}

/** Makes the book of an actor that goes on with what its log says is open. */
export function createOwedBook(past: {
  readonly timers: readonly string[];
  readonly requests: readonly RequestRow[];
  readonly deferred: readonly (readonly [token: string, asker: Asker])[];
}): OwedBook {
  const timers = new Set(past.timers);
  const requests = new Map(past.requests.map((row) => [row.request, row]));
  const bySeq = new Map(past.requests.map((row) => [row.cause.seq, row.request]));
  const deferred = new Map(past.deferred);

  return {
    timerSet: (timer) => void timers.add(timer),
    timerGone: (timer) => void timers.delete(timer),
    requestSet(row) {
      requests.set(row.request, row);
      bySeq.set(row.cause.seq, row.request);
    },
    requestAt: (seq) => bySeq.get(seq),
    claim(request) {
      const row = requests.get(request);
      if (row === undefined) return undefined;
      requests.delete(request);
      bySeq.delete(row.cause.seq);
      return row;
    },
    timers: () => [...timers],
    requests: () => [...requests.values()],
    defer: (token, asker) => void deferred.set(token, asker),
    redeem(token) {
      const asker = deferred.get(token);
      deferred.delete(token);
      return asker;
    },
    abandonOutside() {
      const outside: OutsideAsker[] = [];
      for (const [token, asker] of deferred) {
        if (asker.asker !== "outside") continue;
        outside.push(asker);
        deferred.delete(token);
      }
      return outside;
    },
    forgetTokens: () => deferred.clear(),
    owed: ({ pending, returned }) => ({
      pending: timers.size + requests.size + pending,
      returned,
      tokens: [...deferred.keys()],
    }),
  };
}
