import type { LogReader } from "../store/mod.ts";
import { type ActorSigner, makeProof } from "./make_proof.ts";
import { writeProofJson } from "./proof_json.ts";

/** What a fork is to carry along. */
export interface LineageRequest {
  /** The actor that it is forked off. */
  readonly address: string;
  /** The last entry up to `seq` that commits to a state. */
  readonly stateSeq: number;
  /** The entry after which it goes its own way. */
  readonly seq: number;
  /** Signs the checkpoint of that actor's tree. */
  readonly signer: ActorSigner;
  /** As {@linkcode makeProof} takes it. */
  readonly checkpoint?: string;
}

/**
 * Makes the proof of where a fork comes from: of the entry that commits to its
 * state, and of those after it up to where it was forked off, so that no other
 * state lies between. No part is shown.
 *
 * @throws {ProofError} as {@linkcode makeProof}
 */
export function makeLineage(
  reader: LogReader,
  { address, stateSeq, seq, signer, checkpoint }: LineageRequest,
): string {
  const proof = makeProof(reader, {
    address,
    from: stateSeq,
    to: seq + 1,
    show: "none",
    signer,
    ...(checkpoint !== undefined && { checkpoint }),
  });
  return writeProofJson(proof);
}
