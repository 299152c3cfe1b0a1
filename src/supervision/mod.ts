/**
 * Supervision: what becomes of actors that end, by the rules of Erlang/OTP.
 *
 * A family is a supervisor with its children. An event and the family as it is
 * give orders, and the family as it is then; whoever runs the actors carries the
 * orders out and writes the verdicts down.
 *
 * Pure: no I/O, clock or randomness; time and chance come with the event. Layer 1.
 *
 * @example
 * ```ts
 * const exit = { event: "exit", child: "bank/teller", how: "crash", reason: "script", atMs, random } as const;
 * const { family: next, orders } = decide(family, exit);
 * ```
 * @module
 */

export {
  adopt,
  decide,
  type Decided,
  type Exit,
  type Family,
  type FamilyChild,
  type FamilyEvent,
  type Order,
  type Standing,
  started,
  type Verdict,
} from "./family.ts";
export {
  type AutoShutdown,
  type ChildPolicy,
  DEFAULT_POLICY,
  DEFAULT_SUPERVISOR,
  type OnRestart,
  type Restart,
  type Strategy,
  type Supervisor,
} from "./settings.ts";
