import type { Proof } from "./proof.ts";

/** What the README of a proof folder says; nothing in it is evidence. */
export function proofReadme(proof: Proof): string {
  const count = proof.entries.length;
  const where = count === 1
    ? ""
    : "\nEach folder holds the proof of one entry; its name is the number of the entry.\n";
  return `${count === 1 ? "Proof of one entry" : `Proof of ${count} entries`} of a log of Theater
${where}
What is here
  entry.json         the entry, exactly as it was hashed (no line end)
  entry.tlog-proof   c2sp.org/tlog-proof@v1: the entry is in the tree of its actor
  head.tlog-proof    c2sp.org/tlog-proof@v1: the head of that tree is in the tree of the node,
                     which the node has signed
  part-N-ROLE.bin    what was said, exactly; a part that is not here was withheld
  salts.txt          position, role and salt of each part that is here
  actor.vkey         the key that signed the checkpoint in entry.tlog-proof; trust does not rest on it

With Theater
  theater verify <this folder> --key <verifier key of the node>
  Get the node's key from its owner by a way of your own ("theater keys" prints it there).
  A key that comes together with a proof shows nothing.

By hand
  The hash of the entry, which is the leaf in the tree of its actor:
    { printf '\\0'; cat entry.json; } | sha256sum
  The commitment of a part, which stands in "parts" of entry.json (N counts from 0):
    { printf 'theater/part/v1\\0'; printf SALT | xxd -r -p;
      sha256sum < part-N-ROLE.bin | cut -c 1-64 | xxd -r -p; } | sha256sum
  The leaf in the tree of the node, which is the body of the first checkpoint:
    sed '1,/^$/d' entry.tlog-proof | head -3 > head.body
    { printf '\\0'; cat head.body; } | sha256sum
  docs/proofs.md goes on from there, with openssl and a short program in Python.

What it shows
  When the node signed its tree of the size in head.tlog-proof, the chain of this actor had this
  entry at this place. It does not show what came later, nor that the node signed no other,
  conflicting tree: for that, compare checkpoints with others, or have them witnessed. Nor does it
  show that the host told the truth when it wrote the entry.
`;
}
