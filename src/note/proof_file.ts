/**
 * Proof files: all it takes to show offline that an entry is in a log
 * (c2sp.org/tlog-proof@v1).
 *
 *     c2sp.org/tlog-proof@v1
 *     index 1
 *     0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek=
 *
 *     example.com/log/testdata
 *     2
 *     T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=
 *
 *     — example.com/log/testdata M9e0llH4NKmlf0u7…
 *
 * Layer 1.
 * @module
 */

import { toBase64 } from "../codec/mod.ts";
import { type Hash, type InclusionProof, verifyInclusion } from "../merkle/mod.ts";
import { type Checkpoint, parseCheckpoint, readHash, writeHash } from "./checkpoint.ts";
import { noteBytesMax, parseNote } from "./note.ts";
import { NoteError } from "./note_error.ts";
import { openCheckpoint, type VerifiedCheckpoint } from "./open_note.ts";
import { readBase64, readDecimal, readText, syntax } from "./text.ts";
import type { VerifierKey } from "./verifier_key.ts";

/** Largest proof file in bytes. */
export const proofFileBytesMax = 2 * noteBytesMax;
/** Most hashes of a path. */
const pathHashesMax = 63;

const header = "c2sp.org/tlog-proof@v1";

/** A proof as it stands in a file: nothing of it is verified. */
export interface ProofFile extends InclusionProof {
  /** Bytes that nobody has signed; not empty. */
  readonly extra?: Uint8Array;
  /** The whole note, whose text is a checkpoint. */
  readonly signedCheckpoint: string;
}

/** What a proof file has shown. */
export interface VerifiedProof {
  readonly index: number;
  readonly checkpoint: VerifiedCheckpoint;
  /** Bytes that nobody has signed. */
  readonly extra?: Uint8Array;
}

/**
 * Reads a proof file, the checkpoint in it included, without verifying anything.
 *
 * @throws {NoteError} `too_large`, `too_many`, `not_utf8`, `control_character`, `syntax`, `number_too_large` or
 * `empty_tree_root`.
 */
export function parseProofFile(input: string | Uint8Array): ProofFile {
  const text = readText("proof", input, proofFileBytesMax);
  const blank = text.indexOf("\n\n"); // No line before the checkpoint is empty, so the first one divides them.
  if (blank < 0) {
    throw syntax("proof", text.split("\n").length, "a blank line before the checkpoint", undefined);
  }
  const lines = text.slice(0, blank).split("\n", pathHashesMax + 4);
  let at = 0;
  const next = () => lines[at++];

  const first = next();
  if (first !== header) throw syntax("proof", at, header, first);
  let line = next();
  let extra: Uint8Array | undefined;
  if (line?.startsWith("extra ") === true) {
    extra = readBase64(line.slice("extra ".length));
    // Without extra data there is no such line.
    if (extra === undefined || extra.length === 0) {
      throw syntax("proof", at, "extra <canonical base64>", line);
    }
    line = next();
  }
  if (line?.startsWith("index ") !== true) throw syntax("proof", at, "index <number>", line);
  const index = readDecimal("proof", at, line.slice("index ".length));
  const hashes = lines.slice(at);
  if (hashes.length > pathHashesMax) {
    const wanted = `at most ${pathHashesMax} hashes`;
    throw new NoteError({ code: "too_many", what: "proof", wanted, got: hashes.length });
  }
  const path = hashes.map((hash, offset) => readHash("proof", at + 1 + offset, hash));

  const signedCheckpoint = text.slice(blank + 2);
  parseCheckpoint(parseNote(signedCheckpoint).text);
  return { ...extra === undefined ? {} : { extra }, index, path, signedCheckpoint };
}

/**
 * Writes a proof file.
 *
 * @throws {NoteError} What {@linkcode parseProofFile} throws, as nothing is written that it would refuse.
 */
export function formatProofFile({ extra, index, path, signedCheckpoint }: ProofFile): string {
  const lines = [
    header,
    ...extra === undefined ? [] : [`extra ${toBase64(extra)}`],
    `index ${index}`,
    ...path.map(writeHash),
  ];
  const text = `${lines.join("\n")}\n\n${signedCheckpoint}`;
  parseProofFile(text);
  return text;
}

/** The checkpoint of a proof file, not verified. */
export function checkpointOf(file: ProofFile): Checkpoint {
  return parseCheckpoint(parseNote(file.signedCheckpoint).text);
}

/**
 * Checks a proof file: that the checkpoint is signed by its log, and that the leaf is in its tree. Whether the
 * origin is the one wanted, and whether witnesses were enough, the caller must see.
 *
 * @param leaf The hash of the entry that the proof is about.
 * @param keys Known keys of logs and of witnesses.
 * @throws {NoteError} What {@linkcode parseProofFile} and {@linkcode openCheckpoint} throw.
 * @throws {MerkleError} What `verifyInclusion` throws.
 */
export function verifyProofFile(
  input: string | Uint8Array,
  leaf: Hash,
  keys: readonly VerifierKey[],
): VerifiedProof {
  const file = parseProofFile(input);
  const checkpoint = openCheckpoint(file.signedCheckpoint, keys);
  verifyInclusion(leaf, file, checkpoint);
  return { index: file.index, checkpoint, ...file.extra === undefined ? {} : { extra: file.extra } };
}
