import { addressOf } from "../address/mod.ts";
import type { LoggedEntry } from "./logged_entry.ts";

/**
 * Puts entries of several chains into an order in which each stands behind the
 * entry that it names as its cause; otherwise as they come. Within a chain the
 * order stays.
 *
 * Clocks of a host may step back, so that time alone does not do it.
 *
 * @param entries every chain in its own order
 */
export function* causalOrder(entries: Iterable<LoggedEntry>): Generator<LoggedEntry> {
  /** How many entries of each chain have been passed on, counted by position. */
  const passed = new Map<string, number>();
  /** Chains of which an entry waits for its cause, with all that came behind it. */
  const held = new Map<string, LoggedEntry[]>();

  const awaited = ({ entry }: LoggedEntry): string | undefined => {
    if (entry.kind !== "receive" && entry.kind !== "incarnation") return undefined;
    const { cause_origin: origin, cause_seq: seq } = entry;
    if (origin === undefined || seq === undefined) return undefined;
    const address = addressOf(origin);
    return (passed.get(address) ?? 0) > seq ? undefined : address;
  };

  function* pass(first: LoggedEntry): Generator<LoggedEntry> {
    const ready = [first];
    for (let logged = ready.shift(); logged !== undefined; logged = ready.shift()) {
      yield logged;
      passed.set(logged.address, logged.entry.seq + 1);
      for (const [address, queue] of held) {
        const [next] = queue;
        if (next === undefined || awaited(next) !== undefined) continue;
        queue.shift();
        if (queue.length === 0) held.delete(address);
        ready.push(next);
        break; // One at a time: passing it on may free others, and its own chain's next.
      }
    }
  }

  for (const logged of entries) {
    const queue = held.get(logged.address);
    if (queue !== undefined) queue.push(logged);
    else if (awaited(logged) !== undefined) held.set(logged.address, [logged]);
    else yield* pass(logged);
  }
  // What waits for an entry that is not among these.
  for (const queue of held.values()) yield* queue;
}
