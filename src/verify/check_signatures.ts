/**
 * Who signed the checkpoints: keys that were given, the node's own keys as its
 * chain `.node` names them, and witnesses as a policy wants them. Layer 2.
 * @module
 */

import {
  checkPolicy,
  NoteError,
  openNote,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
} from "../note/mod.ts";
import type { FaultList } from "./fault.ts";
import type { NodeKey } from "./tally.ts";
import type { Trust } from "./trust.ts";

/** A key that the node has named: it signs what is larger than `since`, and not larger than `until`. */
interface OwnKey {
  readonly seq: number;
  readonly key: VerifierKey;
  readonly since: number;
  readonly until: number;
}

/** Where the tree of `.node` stood at a leaf of the node's tree. */
export interface NodeSeal {
  readonly index: number;
  readonly size: number;
}

/** Judges the signatures of checkpoints, smallest first. */
export interface SignatureChecker {
  /** @param right whether the checkpoint has the root of the leaves; what is wrong earns no trust */
  next(size: number, note: string, right: boolean): void;
  finish(): SignatureSummary;
}

/** What the signatures came to. */
export interface SignatureSummary {
  readonly checkpoints: number;
  /** Signed by a key that the node had at that size. */
  readonly own: number;
  /** Size of the last one that is vouched for; by the node's own keys where no trust was given. */
  readonly vouched: number;
  /** Who vouches; undefined where no trust was given, or it is not met. */
  readonly signer: string | undefined;
}

/**
 * @param node `<name>~<32 hex digits>`
 * @param nodeSeals The seals of `.node`, oldest first.
 */
export function createSignatureChecker(
  node: string,
  nodeKeys: readonly NodeKey[],
  nodeSeals: readonly NodeSeal[],
  trust: Trust,
  faults: FaultList,
): SignatureChecker {
  const own = readOwnKeys(node, nodeKeys, faults);
  const { policy } = trust;
  const trusted = new Map(
    [...trust.keys, ...policy?.logs.map(({ key }) => key) ?? []].map((key) => [nameOf(key), key]),
  );
  const asked = trusted.size > 0 || policy !== undefined;
  const given = [...trusted.keys()];
  const witnesses = policy?.witnesses.map(({ key }) => key) ?? [];
  let checkpoints = 0;
  let ownCount = 0;
  let vouched = 0;
  let last = 0;
  /** Size of the last one that a trusted key signed, whatever the witnesses did. */
  let signedByTrusted = 0;
  /** The key that signed that one. */
  let lastSigner = "";

  /** The keys of the node that a checkpoint of this size commits to: who signed it hands over to them. */
  function handOver(size: number): void {
    let sealed = 0;
    for (const seal of nodeSeals) if (seal.index < size) sealed = Math.max(sealed, seal.size);
    for (const { seq, key } of own) if (seq < sealed) trusted.set(nameOf(key), key);
  }

  function signerText(): string {
    const handed = given.includes(lastSigner) ? "" : `, to which ${given.join(" or ")} handed over`;
    return `${lastSigner}${handed}${policy === undefined ? "" : ", as the policy wants"}`;
  }

  return {
    next(size, note, right) {
      checkpoints += 1;
      last = size;
      const signers = readSigners(note, [...own.map(({ key }) => key), ...trusted.values(), ...witnesses]);
      if ("wrong" in signers) {
        faults.add({
          code: "signature_wrong",
          checkpoint: size,
          wanted: "signatures that are right",
          got: signers.wrong,
        });
        return;
      }
      const active = own.filter(({ since, until }) => since < size && size <= until);
      const byOwn = active.some(({ key }) => signers.right.has(nameOf(key)));
      if (byOwn) ownCount += 1;
      else if (own.length > 0) {
        faults.add({
          code: "key_unknown",
          checkpoint: size,
          wanted: `a signature of ${
            active.map(({ key }) => nameOf(key)).join(" or ") || "a key that .node names"
          }`,
          got: parseNote(note).signatures.map(({ name, keyId }) => `${name}+${keyId}`).join(", "),
        });
        return;
      }
      if (!right) return;
      if (!asked) {
        if (byOwn) vouched = size;
        return;
      }
      // A key of the node that was given counts no longer than the node used it.
      const retired = (name: string) =>
        own.some(({ key }) => nameOf(key) === name) && !active.some(({ key }) => nameOf(key) === name);
      const byTrusted = [...trusted.keys()].find((name) => signers.right.has(name) && !retired(name));
      if (byTrusted === undefined) return;
      signedByTrusted = size;
      lastSigner = byTrusted;
      handOver(size);
      if (policy === undefined || checkPolicy(policy, note, [...trusted.values()]).met) vouched = size;
    },

    finish() {
      if (asked && checkpoints > 0 && own.length === 0) {
        // Without it nobody can tell whether a key that was given had been retired.
        const wanted = "the chain .node, which names the keys of the node";
        faults.add({ code: "key_unknown", weight: "policy", wanted, got: "none" });
      }
      const missing = asked && checkpoints === 0
        ? "nothing that is signed"
        : asked && signedByTrusted === 0
        ? "signatures of other keys"
        : asked && signedByTrusted < last
        ? `signatures of other keys after size ${signedByTrusted}`
        : undefined;
      if (missing !== undefined) {
        faults.add({
          code: "not_trusted",
          weight: "policy",
          wanted: `signatures of ${given.join(" or ")}`,
          got: missing,
        });
      } else if (asked && vouched === 0) {
        const wanted = "a checkpoint that the witnesses of the policy have signed";
        faults.add({ code: "policy_unmet", weight: "policy", wanted, got: "none" });
      }
      const signer = !asked || missing !== undefined || vouched === 0 ? undefined : signerText();
      return { checkpoints, own: ownCount, vouched, signer };
    },
  };
}

/** The keys that have signed a note, by name and id, or which of them did so wrongly. */
function readSigners(
  note: string,
  keys: readonly VerifierKey[],
): { readonly right: ReadonlySet<string> } | { readonly wrong: string } {
  try {
    return { right: new Set(openNote(note, keys).verified.map(({ key }) => nameOf(key))) };
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    return error.fault.code === "no_known_signature" ? { right: new Set() } : { wrong: error.message };
  }
}

function readOwnKeys(node: string, nodeKeys: readonly NodeKey[], faults: FaultList): OwnKey[] {
  const own: OwnKey[] = [];
  const place = { address: ".node" };
  for (const [i, { seq, key: text, since }] of nodeKeys.entries()) {
    const before = nodeKeys[i - 1];
    if (before !== undefined && since < before.since) {
      faults.add({ code: "key_since", ...place, seq, wanted: `at least ${before.since}`, got: `${since}` });
    }
    try {
      const key = parseVerifierKey(text);
      if (key.name !== node || key.type !== "ed25519") {
        faults.add({
          code: "key_form",
          ...place,
          seq,
          wanted: `an Ed25519 key named ${node}`,
          got: nameOf(key),
        });
        continue;
      }
      // Else whoever holds a key that was retired could put it in use again, and be trusted by way of those after it.
      const again = own.find((other) => nameOf(other.key) === nameOf(key));
      if (again !== undefined) {
        const wanted = `another key than that of entry ${again.seq}`;
        faults.add({ code: "key_again", ...place, seq, wanted, got: nameOf(key) });
        continue;
      }
      own.push({ seq, key, since, until: nodeKeys[i + 1]?.since ?? Infinity });
    } catch (error) {
      if (!(error instanceof NoteError)) throw error;
      faults.add({ code: "key_form", ...place, seq, wanted: "a verifier key", got: error.message });
    }
  }
  return own;
}

/** Name and id of a key, which together tell it. */
function nameOf({ name, id }: VerifierKey): string {
  return `${name}+${id}`;
}
