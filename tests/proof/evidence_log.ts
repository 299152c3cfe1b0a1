/**
 * Logs and bundles for the tests of the judge: small, whole, sealed and signed,
 * with a little of everything that evidence can hold. Written through the port of
 * the store and the rules of `docs/format/` alone.
 *
 * @module
 */

import {
  appendEntry,
  chainHash,
  type ChainHead,
  type Draft,
  type HashHex,
  type PartInput,
  sendFunction,
  setTimerFunction,
} from "../../src/chain/mod.ts";
import { encodeUtf8, fromHex, sha256Hex, toBase64 } from "../../src/codec/mod.ts";
import { createTreeBuilder, type Hash, hashToBytes, leafHash } from "../../src/merkle/mod.ts";
import {
  createSigner,
  formatCheckpoint,
  formatVerifierKey,
  type Signer,
  signNote,
} from "../../src/note/mod.ts";
import { createBundle, type LogStore, nodeTree, type StoredPart, type Write } from "../../src/store/mod.ts";

/** The node of all bundles of these tests. */
export const node = `home~${"0123456789abcdef".repeat(2)}`;
/** When the samples begin. */
const startMs = Date.UTC(2026, 2, 1);

/** What a part says, or how it is kept. */
type Said =
  | string
  | { readonly derivable: string }
  | { readonly withheld: string; readonly salt?: string }
  | { readonly erased: string }
  /** Under a salt that another part has, too. */
  | { readonly said: string; readonly salt: string };

/** Writes one chain. */
export interface Scribe {
  readonly address: string;
  write(draft: DraftOf, ...said: readonly Said[]): { readonly seq: number; readonly hash: HashHex };
  head(): ChainHead;
}

/** A draft without its time, which grows by itself. */
type DraftOf = Draft extends infer D ? D extends Draft ? Omit<D, "time"> : never : never;

/** A sample that is being written. */
export interface Sample {
  readonly store: LogStore;
  chain(address: string): Scribe;
  /** Seals what has grown, and signs. */
  seal(...signers: readonly Signer[]): void;
}

/** The signer of these tests with a number. */
export function signerOf(number: number): Signer {
  return createSigner(node, new Uint8Array(32).fill(number));
}

/** The verifier key of a signer. */
export function vkeyOf(number: number): string {
  return formatVerifierKey(signerOf(number).key);
}

/** Begins a sample in a store. */
export function beginSample(store: LogStore): Sample {
  let salts = 0;
  let time = startMs;
  const leaves = new Map<string, Hash[]>();
  const sealed = new Map<string, number>();
  const nodeLeaves: Hash[] = [];

  return {
    store,
    chain(address) {
      store.commit([{ write: "create", address, origin: `${store.node}/${address}` }]);
      leaves.set(address, []);
      let head: ChainHead | undefined;
      return {
        address,
        head() {
          if (head === undefined) throw new Error("Cannot tell the head of a chain without entries");
          return head;
        },
        write(draft, ...said) {
          const inputs: PartInput[] = [];
          const parts: StoredPart[] = [];
          for (const each of said) {
            salts += 1;
            const name = typeof each !== "string" && "salt" in each ? each.salt : `${salts}`;
            const salt = fromHex(sha256Hex(encodeUtf8(`salt ${name}`)).slice(0, 32), 16);
            const text = typeof each === "string" ? each : String(Object.values(each)[0]);
            const bytes = encodeUtf8(text);
            inputs.push({ bytes, salt });
            parts.push(
              typeof each === "string" || "said" in each
                ? { status: "present", salt, bytes }
                : "derivable" in each
                ? { status: "derivable", salt }
                : { status: "withheld" in each ? "withheld" : "erased" },
            );
          }
          time += 1;
          const { entry, text, hash, head: next } = appendEntry(head, { ...draft, time } as Draft, inputs);
          head = next;
          leaves.get(address)?.push(chainHash(text) as Hash);
          store.commit([{
            write: "append",
            address,
            seq: entry.seq,
            text,
            hash,
            parts,
            ...(entry.kind === "keyframe" || entry.kind === "receive" ? { turns: entry.turn + 1 } : {}),
            ...(entry.kind === "keyframe" ? { activations: entry.activation + 1 } : {}),
          }]);
          return { seq: entry.seq, hash };
        },
      };
    },
    seal(...signers) {
      const writes: Write[] = [];
      for (const [address, hashes] of [...leaves].sort(([a], [b]) => a < b ? -1 : 1)) {
        if (hashes.length === (sealed.get(address) ?? 0)) continue;
        writes.push(...newTiles(address, hashes, sealed.get(address) ?? 0));
        sealed.set(address, hashes.length);
        const { size, root } = treeOf(hashes);
        writes.push({ write: "seal", index: nodeLeaves.length, address, size, root });
        const body = `${store.node}/${address}\n${size}\n${toBase64(hashToBytes(root))}\n`;
        nodeLeaves.push(leafHash(body));
      }
      if (writes.length === 0) return;
      const head = treeOf(nodeLeaves);
      const text = formatCheckpoint({ origin: store.node, ...head, extensions: [] });
      store.commit([
        ...writes,
        ...newTiles(nodeTree, nodeLeaves, store.sealed()),
        { write: "checkpoint", size: head.size, note: signNote(text, signers) },
      ]);
    },
  };
}

function treeOf(hashes: readonly Hash[]) {
  const builder = createTreeBuilder();
  for (const hash of hashes) builder.push(hash);
  return builder.head();
}

/** The full tiles of a tree that grew from `before`. */
function newTiles(tree: string, leaves: readonly Hash[], before: number): Write[] {
  const writes: Write[] = [];
  let hashes = leaves;
  let old = before;
  for (let level = 0; hashes.length >= 256; level++) {
    const roots: Hash[] = [];
    for (let index = 0; index < Math.floor(hashes.length / 256); index++) {
      const tile = hashes.slice(256 * index, 256 * index + 256);
      roots.push(treeOf(tile).root);
      if (256 * (index + 1) <= old) continue;
      const bytes = new Uint8Array(8192);
      tile.forEach((hash, at) => bytes.set(hashToBytes(hash), 32 * at));
      writes.push({ write: "tile", tree, level, index, hashes: bytes });
    }
    hashes = roots;
    old = Math.floor(old / 256);
  }
  return writes;
}

const componentBytes = encodeUtf8("component");
/** The part `component` of every keyframe of these tests. */
const componentPart = `{"component":"${sha256Hex(componentBytes)}"}`;
const execution =
  '{"engine":"v8","jco":"0.15.0","replay":1,"rewriter":1,"runtime":"deno 2.9.6","schedule":1,"theater":"0.1.0"}';
const about = '{"theater":"0.1.0"}';

/** Begins an actor: genesis, keyframe, init. @returns the number of its next turn */
export function beginActor(scribe: Scribe, of: string): number {
  scribe.write({ kind: "genesis", origin: `${of}/${scribe.address}` }, about);
  scribe.write(
    { kind: "keyframe", activation: 0, reason: "start", turn: 0 },
    "null",
    componentPart,
    "{}",
    execution,
  );
  scribe.write({ kind: "return", outcome: "ok", turn: 0, calls: 0, effects: 0, fuel: 9 }, "null");
  scribe.write({ kind: "receive", turn: 1, type: "init", from: "outside", keyed: false }, "{}");
  scribe.write({ kind: "return", outcome: "ok", turn: 1, calls: 0, effects: 0, fuel: 9 }, '{"n":0}');
  return 2;
}

/** Writes what tells a keyframe's state from another. */
export function keyframe(scribe: Scribe, activation: number, turn: number, state: Said): void {
  scribe.write(
    { kind: "keyframe", activation, reason: "renew", turn },
    state,
    componentPart,
    "{}",
    execution,
  );
  scribe.write({ kind: "return", outcome: "ok", turn, calls: 0, effects: 0, fuel: 9 }, state);
}

/**
 * Writes the small sample: three chains (the node's, `bank`, `audit`), 34 entries,
 * a send between chains, a timer, a keyed message, a trap, parts that are
 * withheld, erased and derivable, a pruned span, four seals, a rotation of keys.
 */
export function writeSmallSample(sample: Sample): void {
  const { store } = sample;
  store.commit([{ write: "blob", sha256: sha256Hex(componentBytes), bytes: componentBytes }]);
  const own = sample.chain(".node");
  own.write({ kind: "genesis", origin: `${store.node}/.node` }, about);
  own.write({ kind: "key", key: vkeyOf(1), since: 0 }, about);
  const bank = sample.chain("bank");
  let turn = beginActor(bank, store.node);
  sample.seal(signerOf(1)); // 2 leaves

  bank.write({ kind: "receive", turn, type: "request", from: "outside", keyed: false }, '{"old":1}');
  bank.write({ kind: "return", outcome: "ok", turn, calls: 0, effects: 0, fuel: 9 }, '{"n":1}', "1");
  keyframe(bank, 1, turn + 1, '{"n":1}');
  turn += 2;
  const accepted = bank.write(
    { kind: "accept", type: "request", from: "outside", keyed: true },
    { said: '{"pay": 10.0}', salt: "pay" },
    { withheld: "k-1", salt: "key" },
  );
  bank.write(
    {
      kind: "receive",
      turn,
      type: "request",
      from: "outside",
      keyed: true,
      cause_seq: accepted.seq,
      cause: accepted.hash,
    },
    { said: '{"pay": 10.0}', salt: "pay" },
    { withheld: "k-1", salt: "key" },
  );
  const call = { kind: "call", turn, outcome: "returned", bodied: true } as const;
  const sent = bank.write({ ...call, call: 0, function: sendFunction }, '["audit",null]', '[{"ok":null}]', {
    said: '{"p":1}',
    salt: "p",
  });
  const set = bank.write({ ...call, call: 1, function: setTimerFunction }, "[5,null]", '[{"ok":"7"}]', {
    said: "{}",
    salt: "7",
  });
  bank.write(
    { kind: "return", outcome: "ok", turn, calls: 2, effects: 2, fuel: 99 },
    { derivable: '{"n":2}' },
    { erased: '"ok"' },
  );
  const audit = sample.chain("audit");
  const auditTurn = beginActor(audit, store.node);
  audit.write(
    {
      kind: "receive",
      turn: auditTurn,
      type: "send",
      from: "bank",
      keyed: false,
      cause_origin: `${store.node}/bank`,
      cause_seq: sent.seq,
      cause: sent.hash,
    },
    { said: '{"p":1}', salt: "p" },
  );
  audit.write({ kind: "trap", turn: auditTurn, code: "stack", calls: 0, effects: 0, fuel: 5 }, "too deep");
  sample.seal(signerOf(1)); // 4 leaves

  turn += 1;
  const timer = { kind: "receive", turn, type: "timer", from: "bank", keyed: false, timer: "7" } as const;
  bank.write({ ...timer, cause_seq: set.seq, cause: set.hash }, { said: "{}", salt: "7" });
  bank.write({ kind: "return", outcome: "err", turn, calls: 0, effects: 0, fuel: 1 }, "not now");
  bank.write({ kind: "erase", target: set.seq + 1, roles: ["response"] }, "asked for");
  bank.write({ kind: "prune", before: 7 }, "old");
  // The old key still signs the head that holds the entry of the new one.
  own.write({ kind: "key", key: vkeyOf(2), since: store.sealed() + 2 }, about);
  sample.seal(signerOf(1)); // 6 leaves
  for (const seq of [5, 6]) {
    const text = store.entry("bank", seq)?.text ?? "";
    store.commit([{ write: "prune", address: "bank", seq, hash: chainHash(text) }]);
  }
  turn += 1;
  bank.write({ kind: "receive", turn, type: "request", from: "outside", keyed: false }, "1");
  bank.write({ kind: "return", outcome: "ok", turn, calls: 0, effects: 0, fuel: 1 }, '{"n":3}', "1");
  sample.seal(signerOf(2)); // 7 leaves
  store.commit([{
    write: "state",
    address: "bank",
    seq: bank.head().size - 1,
    bytes: encodeUtf8('{"n":3}'),
  }]);
}

/** Writes the small sample as a bundle at `path`. */
export function writeSmallBundle(path: string): void {
  const store = createBundle(path, { node, createdMs: startMs });
  writeSmallSample(beginSample(store));
  store.close();
}

/** Writes turns of a counter: two entries each, with a state that is derivable but for every hundredth. */
export function writeTurns(scribe: Scribe, firstTurn: number, turns: number): void {
  for (let i = 0; i < turns; i++) {
    const turn = firstTurn + i;
    scribe.write({ kind: "receive", turn, type: "request", from: "outside", keyed: false }, `{"add":${i}}`);
    const state = `{"n":${i}}`;
    scribe.write(
      { kind: "return", outcome: "ok", turn, calls: 0, effects: 0, fuel: 12 },
      i % 100 === 0 ? state : { derivable: state },
      `${i}`,
    );
  }
}
