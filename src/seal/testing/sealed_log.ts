/** A log in a temporary folder with a node beside it, for the tests of this room. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatOrigin } from "../../address/mod.ts";
import { appendEntry, type ChainHead } from "../../chain/mod.ts";
import { type LogStore, openLog, type Write } from "../../store/mod.ts";
import { type Node, openNode } from "../node.ts";
import { createSealer, type Sealer, type SealerPorts } from "../sealer.ts";

export const about = '{"theater":"0.1.0"}';

/** Where everything is. */
export interface Place {
  readonly folder: string;
  readonly log: string;
  readonly data: string;
}

/** Runs a test in a folder of its own. */
export async function inPlace(work: (place: Place) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "theater-seal-"));
  try {
    await work({ folder, log: join(folder, "theater.db"), data: join(folder, "data") });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A log that is written and sealed. */
export interface OpenHouse {
  readonly store: LogStore;
  readonly node: Node;
  readonly sealer: Sealer;
  /** Appends so many entries to the chain of an actor, in one commit. */
  write(address: string, count: number): void;
  /** Ends without a seal, as a crash does. */
  crash(): void;
  /** Seals and ends. */
  stop(): Promise<void>;
}

/** Opens a log and its node; `ports` take the place of those that work. */
export function openHouse(place: Place, ports: Partial<SealerPorts> = {}): OpenHouse {
  const store = openLog(place.log);
  let node: Node;
  try {
    node = openNode({ store, dataFolder: place.data, nowMs: () => 1, about });
  } catch (error) {
    store.close();
    throw error;
  }
  node.begin();
  const sealer = createSealer({
    ...node,
    reader: store,
    commit: (writes) => Promise.resolve(store.commit(writes)),
    failed(error) {
      throw error;
    },
    everyMs: 1_000_000, // Seals come when the test asks for them.
    ...ports,
  });
  const close = () => {
    node.close();
    store.close();
  };
  return {
    store,
    node,
    sealer,
    write(address, count) {
      const writes = entriesOf(store, address, count, (origin) => node.actorKey(origin));
      store.commit(writes);
      sealer.committed(writes);
    },
    crash: close,
    async stop() {
      await sealer.stop();
      close();
    },
  };
}

/** Writes that go on with a chain, or begin it. */
export function entriesOf(
  store: LogStore,
  address: string,
  count: number,
  keyOf: (origin: string) => string,
  say = "1",
): Write[] {
  const row = store.actor(address);
  const origin = formatOrigin(store.node, address);
  const writes: Write[] = row === undefined ? [{ write: "create", address, origin }] : [];
  let head: ChainHead | undefined = row === undefined || row.size === 0
    ? undefined
    : { size: row.size, hash: row.head as ChainHead["hash"] };
  const salt = new Uint8Array(16);
  const bytes = new TextEncoder().encode(say);
  for (let i = 0; i < count; i++) {
    const made = head === undefined
      ? appendEntry(undefined, { kind: "genesis", time: 1, origin, key: keyOf(origin) }, [{ bytes, salt }])
      : appendEntry(head, { kind: "accept", time: 1, type: "send", from: "outside", keyed: false }, [{
        bytes,
        salt,
      }]);
    head = made.head;
    const { text, hash, entry } = made;
    writes.push({
      write: "append",
      address,
      seq: entry.seq,
      text,
      hash,
      parts: [{ status: "present", salt, bytes }],
    });
  }
  return writes;
}
