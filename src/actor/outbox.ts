import type { ChainWriter } from "./chain_writer.ts";
import type { ActorPorts } from "./ports.ts";
import type { Settlement } from "./settlement.ts";

/** What may leave an actor only when the entries that say so are durable. */
export interface Outbox {
  /** Calls `tell` after the commit that is in preparation. */
  afterCommit(tell: () => void): void;
  /** Settles a turn after the commit that is in preparation; its writes are in the chain. */
  settle(settlement: Settlement): void;
  /** Commits everything written to the chain so far; then it all leaves, in order. */
  commit(): void;
  /** Settles when all that was committed has left, or could not be committed. */
  emptied(): Promise<void>;
}

/** @param failed called when a commit failed: nothing that waits may leave */
export function createOutbox(
  chain: ChainWriter,
  ports: Pick<ActorPorts, "commit" | "deliver" | "timerSet" | "timerGone" | "requestSet" | "requestGone">,
  failed: (error: unknown) => void,
): Outbox {
  let tellings: (() => void)[] = [];
  let settled: Settlement[] = [];
  let committing: Promise<void> = Promise.resolve();

  function deliver(settled: readonly Settlement[], positions: readonly number[]) {
    let next = 0;
    for (const { mail, timersSet, timersGone, requestsSet, requestsGone } of settled) {
      for (const request of requestsSet) ports.requestSet(request); // Before its reply, if it is in the same commit.
      for (const { to, mail: row } of mail) {
        const position = positions[next++];
        if (position === undefined) {
          throw new Error("Cannot deliver: the store gave no position for a message");
        }
        ports.deliver(to, { ...row, position });
      }
      for (const timer of timersSet) ports.timerSet(timer);
      for (const timer of timersGone) ports.timerGone(chain.address, timer);
      for (const { address, request } of requestsGone) ports.requestGone(address, request);
    }
  }

  return {
    afterCommit: (tell) => void tellings.push(tell),
    settle: (of) => void settled.push(of),
    commit() {
      const writes = chain.take();
      if (writes.length === 0) return;
      const toTell = tellings;
      const toDeliver = settled;
      tellings = [];
      settled = [];
      committing = ports.commit(writes).then((positions) => {
        deliver(toDeliver, positions);
        for (const tell of toTell) tell();
      }).catch(failed);
    },
    emptied: () => committing,
  };
}
