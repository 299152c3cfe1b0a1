import type { KeyframeReason } from "../chain/mod.ts";
import type { Verdict } from "../supervision/mod.ts";
import type { TurnReport } from "../worker/mod.ts";
import type { ChainWriter, PartDraft } from "./chain_writer.ts";
import type { ActorDefinition, ActorPorts } from "./ports.ts";
import type { Salt } from "./turn_entries.ts";

/** Writes the first entry of a chain, and the row of its actor. */
export function appendGenesis(
  chain: ChainWriter,
  { parts, key }: ActorDefinition,
  { nowMs, salt }: Pick<ActorPorts, "nowMs" | "salt">,
): void {
  const { address, origin } = chain;
  chain.also({ write: "create", address, origin });
  const draft = { kind: "genesis", time: nowMs(), origin, ...(key !== undefined && { key }) } as const;
  chain.append(draft, [{ text: parts.about, salt: salt() }]);
}

/** Writes the entry with which an activation begins; returns where it is. */
export function appendKeyframe(
  chain: ChainWriter,
  { parts: { component, manifest, execution } }: ActorDefinition,
  begins: { readonly reason: KeyframeReason; readonly activation: number; readonly statePart: PartDraft },
  { startMs, turn }: TurnReport,
  salt: Salt,
): number {
  const { reason, activation, statePart } = begins;
  const texts = [component, manifest, execution].map((text) => ({ text, salt: salt() }));
  return chain.append(
    { kind: "keyframe", time: startMs, activation, reason, turn },
    [statePart, ...texts],
    { turns: turn + 1, activations: activation + 1 },
  ).seq;
}

/** Writes that an actor begins anew. */
export function appendIncarnation(
  chain: ChainWriter,
  incarnation: number,
  { nowMs, salt }: Pick<ActorPorts, "nowMs" | "salt">,
  { parts }: ActorDefinition,
): void {
  chain.append({ kind: "incarnation", time: nowMs(), incarnation }, [{ text: parts.about, salt: salt() }]);
}

/** What a verdict was given by, and what the log keeps of it. */
export interface SupervisionFacts {
  readonly strategy: "one_for_one" | "one_for_all" | "rest_for_one";
  readonly intensity: number;
  readonly periodMs: number;
  /** Address of the supervisor, or `outside`. */
  readonly supervisor: string;
  readonly nowMs: number;
}

/** Writes what a supervisor decided about an actor, and counts a restart. */
export function appendVerdict(
  chain: ChainWriter,
  verdict: Verdict,
  facts: SupervisionFacts,
  salt: Salt,
): void {
  const { decision, rule, by, restarts, delayMs, reason } = verdict;
  const { strategy, intensity, periodMs, supervisor, nowMs } = facts;
  chain.append(
    {
      kind: "supervise",
      time: nowMs,
      decision,
      rule,
      strategy,
      by,
      restarts,
      intensity,
      period_ms: periodMs,
      delay_ms: delayMs,
    },
    [{ text: reason, salt: salt() }],
  );
  if (decision !== "restart" || rule !== "crash") return;
  chain.also({ write: "restarts-gone", supervisor, beforeMs: nowMs - periodMs });
  chain.also({ write: "restart", restart: { supervisor, child: chain.address, timeMs: nowMs } });
}
