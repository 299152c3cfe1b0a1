import type { ChainHead, HashHex, KeyframeReason, News } from "../chain/mod.ts";
import type { MailRow, RequestRow } from "../store/mod.ts";
import type { Verdict } from "../supervision/mod.ts";
import type { StatePast } from "./kept_state.ts";
import type { SupervisionFacts } from "./life_entries.ts";
import type { Incoming, UndeliveredCode } from "./message.ts";
import type { Asker } from "./owed.ts";
import type { ActorDefinition } from "./ports.ts";
import type { Crash } from "./turn_outcome.ts";
import type { Upgraded } from "./upgrade.ts";

/** What is known of an actor from its chain when it starts. */
export interface ActorPast extends StatePast {
  /** Where the chain stands; `undefined` for an actor that is new. */
  readonly head: ChainHead | undefined;
  /** How many turns and activations have begun. */
  readonly turns: number;
  readonly activations: number;
  /** Whether `init` has made a state. */
  readonly initialised: boolean;
  /** Whether it sleeps: it needs no worker before there is something to do. */
  readonly asleep: boolean;
  /** Whether turns had to be run again to know the state. */
  readonly replayed: boolean;
  readonly reason: KeyframeReason;
  readonly mail: readonly MailRow[];
  /** Ids of its timers. */
  readonly timers: readonly string[];
  /** Its requests that have no reply. */
  readonly requests: readonly RequestRow[];
  /** Requests of others to it of which it deferred the reply, by token. */
  readonly deferred: readonly (readonly [token: string, asker: Asker])[];
}

/** How the beginning of an activation went; `seq` is the entry that says why it did not. */
export type Begun = { readonly begun: true } | ({ readonly begun: false; readonly seq: number } & Crash);

/** An actor as its house sees it. */
export interface Actor {
  readonly address: string;
  /** Where its chain stands, with what is being committed. */
  head(): { readonly size: number; readonly hash: HashHex };
  /** Begins an activation of an actor that does not run; settles when it stands, or has failed. */
  begin(): Promise<Begun>;
  /** Takes a message that nobody has written down yet; the answer comes after the commit. */
  post(message: Incoming): void;
  /** Writes a message down and answers `accepted`; its turn comes later. */
  accept(message: Incoming): void;
  /** Takes a message whose row is in the log. */
  deliver(mail: MailRow): void;
  /** Why no message from outside is taken, or nothing while one is. */
  full(): UndeliveredCode | undefined;
  /**
   * Keeps room for a message from another actor, which `deliver` takes once it is committed; or says why
   * there is none. While the house stops there is: what is in the log has its turn after the next start.
   */
  reserve(): UndeliveredCode | undefined;
  /** The own request that the call at `seq` made, while it waits for a reply. */
  requestAt(seq: number): string | undefined;
  /** Takes the right to reply to an own request: once. */
  claim(request: string): RequestRow | undefined;
  /** No reply has come in time: the actor is told. */
  expire(request: string): void;
  /** Something happened to a child: the actor is told. */
  tell(news: News): void;
  /**
   * Goes on with another component or manifest, after the turn in hand; with the old one if the new one does
   * not start. One at a time.
   *
   * @param migrate whether the new component turns the state of the old one into its own
   */
  upgrade(to: ActorDefinition, migrate: boolean): Promise<Upgraded>;
  /** Ends the activation after the turn in hand, or cuts that after so long; settles when it does not run. */
  halt(limitMs: number): Promise<void>;
  /** Writes down what was decided about it while it does not run. */
  supervise(verdict: Verdict, supervision: SupervisionFacts): void;
  /** It will not be begun soon: whoever waits is told, and what others sent goes back to them. */
  dismiss(status: "stopped" | "failed", reason: string): void;
  /** Forgets its state and what it brought about: the next activation begins with `init`. */
  reincarnate(): void;
  /** The house stops: ends after the turn in hand; what waits is kept if it is in the log. */
  stop(): Promise<void>;
  /** Stops, and cuts the turn in hand. */
  kill(): void;
}
