/**
 * The port that the judge reads from: what a log or a bundle holds, as it lies
 * there. Nothing of it is believed.
 *
 * Whoever implements it reads, and changes nothing; what cannot be read is an
 * {@linkcode EvidenceError}. Layer 2.
 * @module
 */

/** Stands for the tree of the node where the tree of an actor goes by its address. */
export const nodeTreeName = "@node";

/** What is said of a part; `unknown` stands for all that the format does not have, and refutes. */
export type EvidencePartStatus = "present" | "derivable" | "withheld" | "erased" | "pruned" | "unknown";

/** One part beside its entry. */
export interface EvidencePart {
  readonly status: EvidencePartStatus;
  /** As it lies there; undefined where there is none, or zeros in its place. */
  readonly salt: Uint8Array | undefined;
  readonly bytes: Uint8Array | undefined;
}

/** One entry, or what is left of it. */
export type EvidenceEntry =
  | { readonly seq: number; readonly text: string; readonly parts: readonly EvidencePart[] }
  | { readonly seq: number; readonly pruned: string };

/** What the evidence says of a chain, apart from its entries. */
export interface EvidenceChain {
  readonly address: string;
  readonly origin: string;
  readonly size: number;
  readonly head: string;
  readonly turns: number;
  readonly activations: number;
}

/** Where the tree of an actor stood, as a leaf of the node's tree says. */
export interface EvidenceSeal {
  readonly index: number;
  readonly address: string;
  readonly size: number;
  readonly root: string;
}

/** A leaf of the node's tree: a seal, or the bare hash of one whose actor is not here. */
export type EvidenceLeaf = EvidenceSeal | { readonly index: number; readonly hash: string };

/** A log or a bundle, as it lies there. Every method may throw {@linkcode EvidenceError}. */
export interface Evidence {
  readonly kind: "log" | "bundle";
  /** `<name>~<32 hex digits>` */
  readonly node: string;
  /** All chains, by address. */
  chains(): readonly EvidenceChain[];
  /** Entries of a chain in the order of their numbers, pruned ones among them. */
  entries(address: string): Iterable<EvidenceEntry>;
  entry(address: string, seq: number): EvidenceEntry | undefined;
  /** The state of a chain that is kept whole, if there is one. */
  state(address: string): { readonly seq: number; readonly bytes: Uint8Array } | undefined;
  /** The proof that a forked chain carries of where it comes from, as it lies there. */
  lineage(address: string): string | undefined;
  /** The seals of one chain, oldest first. */
  seals(address: string): Iterable<EvidenceSeal>;
  /** The leaves of the node's tree, by index. */
  leaves(): Iterable<EvidenceLeaf>;
  /** 8,192 bytes of a full tile; `tree` is an address or {@linkcode nodeTreeName}. */
  tile(tree: string, level: number, index: number): Uint8Array | undefined;
  /** How many tiles of a tree are kept. */
  tileCount(tree: string): number;
  /** All that was signed, by size. */
  checkpoints(): Iterable<{ readonly size: number; readonly note: string }>;
  blobs(): Iterable<{ readonly sha256: string; readonly bytes: Uint8Array }>;
  hasBlob(sha256: string): boolean;
  /** What belongs to no chain, in words: "3 entries". */
  strays(): readonly string[];
}

/** Why evidence cannot be read. Plain data. */
export interface EvidenceFault {
  readonly code: "unreadable";
  /** What the reader found. */
  readonly found: string;
}

/** Evidence that cannot be read to its end: neither right nor wrong. */
export class EvidenceError extends Error {
  override readonly name = "EvidenceError";
  readonly fault: EvidenceFault;
  constructor(found: string) {
    super(`Cannot read the evidence to its end: ${found}`);
    this.fault = { code: "unreadable", found };
  }
}
