import type { LogStore } from "../store/mod.ts";
import type { Node, SignedHead } from "./node.ts";
import { createSealer } from "./sealer.ts";

/** Seals a log in which nobody works, to its end. */
export async function sealStopped(node: Node, store: LogStore): Promise<SignedHead | undefined> {
  const sealer = createSealer({
    ...node,
    reader: store,
    commit: (writes) => Promise.resolve(store.commit(writes)),
    failed: () => {}, // Whoever stops it hears of it.
  });
  const head = await sealer.seal();
  await sealer.stop();
  return head;
}
