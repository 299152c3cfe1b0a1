import { dataFolder } from "../platform/mod.ts";
import type { LogStore } from "../store/mod.ts";
import type { Output } from "./context.ts";

/** How long a house that runs may take to seal, in milliseconds. */
const doorTimeoutMs = 30_000;

/**
 * Seals a log in which nobody works, to its end, as a house does when it stops.
 *
 * @throws {SealError} when the log is behind what was signed, or beside it, or its key is not here
 */
export async function sealHere(store: LogStore, nowMs: () => number, err: Output): Promise<void> {
  const [{ openNode, sealStopped }, { aboutText }] = await Promise.all([
    import("../seal/mod.ts"),
    import("../runtime/mod.ts"),
  ]);
  const node = openNode({ store, dataFolder: dataFolder(), nowMs, about: aboutText });
  try {
    if (node.made) {
      await err.write(`made the key with which this log is signed: keep a copy of ${node.seedPath}\n`);
    }
    node.begin();
    await sealStopped(node, store);
  } finally {
    node.close();
  }
}

/** The same after something else was done, which stands even if nothing can be signed: then it says why. */
export async function trySealHere(store: LogStore, nowMs: () => number, err: Output): Promise<void> {
  const { SealError } = await import("../seal/mod.ts");
  try {
    await sealHere(store, nowMs, err);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    const why = error.message.split("\n")[0];
    await err.write(`${err.style.red("!")} it is recorded, and not signed: ${why}\n`);
  }
}

/**
 * Seals a log to its end, wherever it is: through the door of the house that has
 * it open, or here if none has.
 *
 * @returns the signed checkpoint that a house gave; it may not be in the log yet
 * @throws {SealError | StoreError}
 */
export async function sealToEnd(
  logPath: string,
  nowMs: () => number,
  err: Output,
): Promise<string | undefined> {
  const { askCheckpoint } = await import("../runtime/mod.ts");
  const answer = await askCheckpoint(logPath, doorTimeoutMs);
  if (answer.answer === "sealed") return answer.note;
  const { openLog } = await import("../store/mod.ts");
  const store = openLog(logPath); // In use by a house that did not seal: the store says by whom.
  try {
    await sealHere(store, nowMs, err);
    return undefined;
  } finally {
    store.close();
  }
}

/** The same before a copy is made of a log, which goes on if it cannot be sealed: then it says why. */
export async function trySealToEnd(
  logPath: string,
  nowMs: () => number,
  err: Output,
): Promise<string | undefined> {
  const [{ SealError }, { StoreError }] = await Promise.all([
    import("../seal/mod.ts"),
    import("../store/mod.ts"),
  ]);
  try {
    return await sealToEnd(logPath, nowMs, err);
  } catch (error) {
    if (!(error instanceof SealError || error instanceof StoreError)) throw error;
    const why = error.message.split("\n")[0];
    await err.write(`${err.style.red("!")} the end of the log is not signed: ${why}\n`);
    return undefined;
  }
}
