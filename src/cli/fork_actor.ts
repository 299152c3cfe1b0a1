import { checkForkName, findForkPoint, type ForkPoint, forkWrites } from "../fork/mod.ts";
import { formatOrigin } from "../address/mod.ts";
import { dataFolder, randomBytes } from "../platform/mod.ts";
import { makeLineage, ProofError } from "../proof/mod.ts";
import { aboutText } from "../runtime/mod.ts";
import {
  type Node,
  openActorSigner,
  openForeignSigner,
  openNode,
  SealError,
  sealStopped,
} from "../seal/mod.ts";
import type { LogReader, LogStore } from "../store/mod.ts";
import { locate, type Point } from "../travel/mod.ts";
import { checkManifest } from "./check_manifest.ts";
import { CliError } from "./cli_error.ts";
import type { Context } from "./context.ts";
import { type ForkFiles, writeForkFiles } from "./fork_files.ts";
import { requireActor } from "./read_log.ts";
import { loadReplayTools } from "./replay_tools.ts";
import { trySealToEnd } from "./seal_log.ts";

/** What to fork, and into what. */
export interface ForkInvocation {
  readonly address: string;
  readonly point: Point;
  readonly name: string;
  /** Absolute path of the manifest to write. */
  readonly manifest: string;
  /** Absolute path of a component or script to run instead of the recorded one. */
  readonly with: string | undefined;
  readonly force: boolean;
  readonly context: Context;
}

/** A fork that was made. */
export interface Forked {
  readonly origin: string;
  readonly point: ForkPoint;
  readonly files: ForkFiles;
  /** Why it carries no proof of where it comes from, if it does not. */
  readonly unproved: string | undefined;
}

/**
 * Makes a fork of an actor in `source` as an actor of `target`, which may be the same log.
 *
 * @param sourcePath of the log or the bundle that `source` reads
 * @throws {ForkError | TravelError | ReplayError | CliError | ManifestError | StoreError}
 */
export async function forkActor(
  source: LogReader,
  sourcePath: string,
  target: LogStore,
  { address, point: moment, name, context, ...asked }: ForkInvocation,
): Promise<Forked> {
  const { nowMs, err, folder } = context;
  const row = requireActor(source, address);
  checkForkName(target, name);
  const point = await findForkPoint(source, row, locate(source, row, moment), loadReplayTools);
  const files = writeForkFiles(source, address, point.keyframe, {
    name,
    ...asked,
    about: [
      `A fork of ${point.origin},`,
      `from the end of turn ${point.turn} (entry ${point.seq}) on.`,
    ],
  });
  let node: Node | undefined;
  try {
    await refuseUnfit(files.manifest, folder);
    node = await openNodeOf(target, context);
    const { lineage, unproved } = await proveLineage(source, sourcePath, target, point, node, context);
    const origin = formatOrigin(target.node, name);
    target.commit(forkWrites(target, {
      name,
      point,
      ...(node !== undefined && { key: node.actorKey(origin) }),
      ...(lineage !== undefined && { lineage }),
      about: aboutText,
      aboutSalt: randomBytes(16),
      nowMs: nowMs(),
    }));
    if (node !== undefined) await trySealing(() => node && sealStopped(node, target), err);
    return { origin, point, files, unproved };
  } catch (error) {
    if (target.actor(name) === undefined) files.remove();
    throw error;
  } finally {
    node?.close();
  }
}

/** Refuses a manifest with which the fork could not run. */
async function refuseUnfit(manifest: string, folder: string): Promise<void> {
  const { refusals } = await checkManifest(manifest, folder);
  if (refusals.length > 0) throw new CliError({ code: "bad_component", refusals });
}

/** The node that signs a log; undefined where it cannot, which is said. */
async function openNodeOf(store: LogStore, { nowMs, err }: Context): Promise<Node | undefined> {
  let node: Node | undefined;
  await trySealing(() => {
    node = openNode({ store, dataFolder: dataFolder(), nowMs, about: aboutText });
    node.begin();
  }, err);
  if (node?.made) {
    await err.write(`made the key with which this log is signed: keep a copy of ${node.seedPath}\n`);
  }
  return node;
}

async function trySealing(work: () => unknown, err: Context["err"]): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    await err.write(`${err.style.red("!")} nothing is signed: ${error.message.split("\n")[0]}\n`);
  }
}

/** The proof of where a fork comes from; the parent is sealed first, as far as that is its owner's to do. */
async function proveLineage(
  source: LogReader,
  sourcePath: string,
  target: LogStore,
  { address, origin, stateSeq, seq }: ForkPoint,
  node: Node | undefined,
  { nowMs, err }: Context,
): Promise<{ readonly lineage?: string; readonly unproved: string | undefined }> {
  let checkpoint: string | undefined;
  const same = source === target;
  if (same && node !== undefined) {
    const own = node;
    await trySealing(() => sealStopped(own, target), err);
  }
  // A log that was never signed is not signed by being forked.
  if (!same && source.kind === "log" && source.sealed() > 0) {
    checkpoint = await trySealToEnd(sourcePath, nowMs, err);
  }
  try {
    const signer = signerFor(source, address, target, origin);
    const request = { address, stateSeq, seq, signer, ...(checkpoint !== undefined && { checkpoint }) };
    return { lineage: makeLineage(source, request), unproved: undefined };
  } catch (error) {
    if (!(error instanceof ProofError || error instanceof SealError)) throw error;
    return { unproved: error.message.split("\n")[0] ?? error.message };
  }
}

/** Signs the head of the parent: by its own key, or, where that is somebody else's, by one of ours. */
function signerFor(source: LogReader, address: string, target: LogReader, origin: string) {
  try {
    return openActorSigner(source, address, dataFolder());
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return openForeignSigner(target, origin, dataFolder());
  }
}
