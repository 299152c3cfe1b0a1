/**
 * Notes: texts that keys have signed, and what is written as one: checkpoints,
 * cosignatures, proof files, policies.
 *
 * The formats are those of C2SP; what is used of them, to the bit, is in
 * `docs/format/notes.md`. Everything read here was written by strangers: any
 * bytes give a value or a {@linkcode NoteError} with a code, within bounds, and
 * only known keys are believed. Which keys are known the caller says. Pure: no
 * I/O, clock or randomness. Layer 1.
 *
 * @example
 * ```ts
 * import { createSigner, formatCheckpoint, openCheckpoint, signNote } from "./mod.ts";
 * import { emptyRoot } from "../merkle/mod.ts";
 *
 * const signer = createSigner("example.com/log", crypto.getRandomValues(new Uint8Array(32)));
 * const text = formatCheckpoint({ origin: "example.com/log", size: 0, root: emptyRoot, extensions: [] });
 * const note = signNote(text, [signer]);
 * openCheckpoint(note, [signer.key]).size; // 0; throws NoteError if the key has not signed it.
 * ```
 * @module
 */

export { type Checkpoint, formatCheckpoint, parseCheckpoint } from "./checkpoint.ts";
export { type Cosignature, cosignedMessage, parseCosignature } from "./cosignature.ts";
export {
  createSigningKey,
  deriveActorSeed,
  findKeyFlaw,
  publicKeyBytes,
  seedBytes,
  signatureBytes,
  type SigningKey,
  verifySignature,
} from "./ed25519.ts";
export {
  formatNote,
  type Note,
  noteBytesMax,
  type NoteSignature,
  noteSignaturesMax,
  parseNote,
} from "./note.ts";
export { type KeyFlaw, NoteError, type NoteFault, type NoteThing } from "./note_error.ts";
export {
  openCheckpoint,
  openNote,
  type VerifiedCheckpoint,
  type VerifiedNote,
  type VerifiedSignature,
} from "./open_note.ts";
export {
  type Policy,
  type PolicyGroup,
  policyKeys,
  type PolicyLog,
  type PolicyMember,
  type PolicyWitness,
} from "./policy.ts";
export { checkPolicy, describeShortfall, type PolicyShortfall, type PolicyVerdict } from "./policy_check.ts";
export { parsePolicy, policyBytesMax, policyLinesMax } from "./policy_parser.ts";
export {
  checkpointOf,
  formatProofFile,
  parseProofFile,
  type ProofFile,
  proofFileBytesMax,
  type VerifiedProof,
  verifyProofFile,
} from "./proof_file.ts";
export { createSigner, type Signer, signNote } from "./signer.ts";
export {
  createVerifierKey,
  formatVerifierKey,
  isKeyName,
  keyId,
  type KeyType,
  parseVerifierKey,
  type VerifierKey,
  verifierKeyBytesMax,
} from "./verifier_key.ts";
