/**
 * Giving up a log whose signed head cannot be kept.
 *
 * Layer 5.
 * @module
 */

import type { TreeHead } from "../merkle/mod.ts";
import { NoteError, parseCheckpoint, parseNote } from "../note/mod.ts";
import { exists, remove, rename } from "../platform/mod.ts";
import { type LogReader, openLog } from "../store/mod.ts";
import { type NodeFiles, openNodeFiles } from "./node_files.ts";
import { openNode, type OpenNodeOptions } from "./node.ts";
import { SealError } from "./seal_error.ts";
import { sealStopped } from "./seal_stopped.ts";

/** What was given up, and what took its place. */
export interface AbandonedLog {
  /** Where the log is now. It can be read and verified, and is written to no more. */
  readonly movedTo: string;
  /** The head that was signed last. */
  readonly head: TreeHead;
  /** The new node. */
  readonly node: string;
  /** Its key, as a verifier key. */
  readonly key: string;
  readonly seedPath: string;
}

/**
 * Moves a log aside and begins an empty one in its place, of another node, whose
 * own chain names the head that is given up. Actors begin anew in it.
 *
 * @param path of the log
 * @throws {SealError} `nothing_signed`
 * @throws {StoreError} `in_use`, …
 */
export async function abandonLog(
  path: string,
  options: Pick<OpenNodeOptions, "dataFolder" | "nowMs" | "about">,
): Promise<AbandonedLog> {
  const old = openLog(path);
  const { node: oldNode } = old;
  const head = lastHead(old, openNodeFiles(options.dataFolder, oldNode));
  old.close();
  if (head === undefined) throw new SealError({ code: "nothing_signed", node: oldNode });
  const [nodeName = "", id = ""] = oldNode.split("~");

  // The new one is whole before the old one goes, so that a crash leaves one or the other.
  const fresh = `${path}.new`;
  remove(fresh);
  const store = openLog(fresh, { nodeName });
  const node = openNode({ ...options, store, abandons: head });
  try {
    node.begin();
    await sealStopped(node, store);
  } finally {
    node.close();
    store.close();
  }
  const movedTo = freePath(`${path}.abandoned-${id.slice(0, 8)}`);
  rename(path, movedTo);
  rename(fresh, path);
  remove(`${fresh}-lock`);
  return { movedTo, head, node: store.node, key: node.key, seedPath: node.seedPath };
}

/** The head in the node's file; where that is lost or damaged, the last one in the log. */
function lastHead(log: LogReader, files: NodeFiles): TreeHead | undefined {
  for (const note of [files.readHead(), log.checkpoint()?.note]) {
    if (note === undefined) continue;
    try {
      const { size, root } = parseCheckpoint(parseNote(note).text);
      return { size, root };
    } catch (error) {
      if (!(error instanceof NoteError)) throw error;
    }
  }
  return undefined;
}

function freePath(path: string): string {
  let free = path;
  for (let number = 2; exists(free); number++) free = `${path}-${number}`;
  return free;
}
