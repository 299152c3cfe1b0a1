/** Who is restarted when a child ends: it alone, all children, or it and those declared after it. */
export type Strategy = "one_for_one" | "one_for_all" | "rest_for_one";

/** When the end of significant children ends their parent. */
export type AutoShutdown = "never" | "any_significant" | "all_significant";

/** How an actor's children are supervised. */
export interface Supervisor {
  readonly strategy: Strategy;
  /** Most restarts within {@linkcode periodMs}; one more, and the supervisor gives up. */
  readonly intensity: number;
  readonly periodMs: number;
  /** Longest wait before the first restart of a period, doubled for each further one; 0 for none. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  readonly autoShutdown: AutoShutdown;
  /** Whether the actor is told what happens to its children: only who expects such messages should be. */
  readonly news: boolean;
}

/** When a child that ended is started again: always, after a crash only, or never. */
export type Restart = "permanent" | "transient" | "temporary";

/** What a child goes on with when it is started again: its last committed state, or a fresh `init`. */
export type OnRestart = "keep" | "fresh";

/** How one child is supervised. */
export interface ChildPolicy {
  readonly restart: Restart;
  /** How long it may take to end after the turn in hand, in milliseconds; then it is killed. */
  readonly shutdownMs: number;
  /** Whether its end may end its parent. */
  readonly significant: boolean;
  readonly onRestart: OnRestart;
}

/** What holds where nothing else is said: the defaults of Erlang/OTP. */
export const DEFAULT_SUPERVISOR: Supervisor = {
  strategy: "one_for_one",
  intensity: 1,
  periodMs: 5000,
  backoffMs: 0,
  backoffMaxMs: 30_000,
  autoShutdown: "never",
  news: false,
};

/** What holds for a child of which nothing else is said. */
export const DEFAULT_POLICY: ChildPolicy = {
  restart: "permanent",
  shutdownMs: 5000,
  significant: false,
  onRestart: "keep",
};
