/**
 * The key of an actor, which is derived from that of its node and signs only
 * what has been sealed.
 *
 * Layer 5.
 * @module
 */

import { formatOrigin } from "../address/mod.ts";
import { parseEntry } from "../chain/mod.ts";
import { toHex } from "../codec/mod.ts";
import { createSigner, deriveActorSeed, formatVerifierKey, signNote } from "../note/mod.ts";
import type { ActorSigner } from "../proof/mod.ts";
import type { LogReader } from "../store/mod.ts";
import { openNodeFiles } from "./node_files.ts";
import { SealError } from "./seal_error.ts";

/**
 * The signer of an actor: with the key that its genesis names, whichever key the
 * node had then; where it names none, with one of the key that the node has now.
 *
 * @throws {SealError} `key_missing` when the seed that it was derived from is not here
 */
export function openActorSigner(reader: LogReader, address: string, dataFolder: string): ActorSigner {
  const origin = formatOrigin(reader.node, address);
  const files = openNodeFiles(dataFolder, reader.node);
  const first = reader.entry(address, 0);
  const genesis = first === undefined ? undefined : parseEntry(first.text);
  const wanted = genesis?.kind === "genesis" ? genesis.key : undefined;
  const signers = files.seeds().map(({ seed }) => createSigner(origin, deriveActorSeed(seed, origin)));
  const signer = signers.find(({ key }) => wanted === undefined || toHex(key.publicKey) === wanted);
  if (signer === undefined) {
    throw new SealError({ code: "key_missing", key: wanted ?? `of ${address}`, path: files.seedPath });
  }
  return { key: formatVerifierKey(signer.key), sign: (body) => signNote(body, [signer]) };
}

/**
 * Signs for an actor of somebody else, whose key is not here, by a key that is
 * derived from that of our node. It shows who passes the head on, and no more:
 * trust in it rests on the tree of the node that it is in.
 *
 * @param origin of that actor
 * @throws {SealError} `key_missing` when our node has no key
 */
export function openForeignSigner(reader: LogReader, origin: string, dataFolder: string): ActorSigner {
  const files = openNodeFiles(dataFolder, reader.node);
  const [kept] = files.seeds();
  if (kept === undefined) {
    throw new SealError({ code: "key_missing", key: `of ${reader.node}`, path: files.seedPath });
  }
  const signer = createSigner(origin, deriveActorSeed(kept.seed, origin));
  return { key: formatVerifierKey(signer.key), sign: (body) => signNote(body, [signer]) };
}
