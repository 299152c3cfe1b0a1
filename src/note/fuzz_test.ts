import { ok } from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8 } from "../codec/mod.ts";
import { leafHash, MerkleError } from "../merkle/mod.ts";
import {
  checkPolicy,
  formatCheckpoint,
  formatNote,
  formatProofFile,
  formatVerifierKey,
  NoteError,
  openNote,
  parseCheckpoint,
  parseNote,
  parsePolicy,
  parseProofFile,
  parseVerifierKey,
  verifyProofFile,
} from "./mod.ts";
import { loadVectors, randomNumbers } from "./testing/vectors.ts";

interface OwnVectors {
  readonly keys: { vkey: string; cosignerVkey: string }[];
  readonly checkpoints: { text: string }[];
  readonly notes: { note: string; vkeys: string[] }[];
  readonly proofs: { proof: string; entry: string; vkeys: string[] }[];
}
const own = loadVectors<OwnVectors>("theater");
const keys = own.notes.flatMap(({ vkeys }) => vkeys).map(parseVerifierKey);
const policyText = `# a policy
log ${own.keys[0]?.vkey} https://log.example
witness W ${own.keys[1]?.cosignerVkey}
witness V ${own.keys[2]?.cosignerVkey}
group G 1 W V
quorum G
`;
const policy = parsePolicy(policyText);

/** What can stand in any of the formats and mean something. */
const tokens = [
  "\n",
  "\n\n",
  " ",
  "— ",
  "+",
  "=",
  "0",
  "0x10",
  "-1",
  "18446744073709551616",
  "extra ",
  "index ",
  "old ",
  "quorum none\n",
  "group ",
  "\r",
  "\t",
  "\0",
  "\u2028",
  "\ufeff",
  "ü",
  "😀",
  "c2sp.org/tlog-proof@v1\n",
  "AAAA",
  "AA==",
]
  .map(encodeUtf8);

function mutate(bytes: Uint8Array, other: Uint8Array, random: (below: number) => number): Uint8Array {
  let result = [...bytes];
  for (let count = random(4) + 1; count > 0; count--) {
    const at = random(result.length + 1);
    switch (random(7)) {
      case 0:
        result[at] = random(256);
        break;
      case 1:
        result[at] = (result[at] ?? 0) ^ (1 << random(8));
        break;
      case 2:
        result.splice(at, random(20));
        break;
      case 3:
        result.splice(at, 0, ...tokens[random(tokens.length)] ?? []);
        break;
      case 4:
        result.splice(at, 0, ...result.slice(random(result.length + 1)).slice(0, random(200)));
        break;
      case 5:
        result = [...result.slice(0, at), ...other.slice(random(other.length + 1))];
        break;
      case 6:
        result = result.slice(0, at);
        break;
    }
  }
  return Uint8Array.from(result, (byte) => byte ?? 0);
}

const text = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/** Each reader, what it reads, and what it writes back; what is read must be written as it was. */
const targets: { name: string; good: string[]; run(input: Uint8Array): string | undefined }[] = [
  {
    name: "parseNote",
    good: own.notes.map(({ note }) => note),
    run: (input) => formatNote(parseNote(input)),
  },
  {
    name: "openNote",
    good: own.notes.map(({ note }) => note),
    run: (input) => openNote(input, keys) && undefined,
  },
  {
    name: "parseCheckpoint",
    good: own.checkpoints.map((each) => each.text),
    run: (input) => formatCheckpoint(parseCheckpoint(input)),
  },
  {
    name: "parseProofFile",
    good: own.proofs.map(({ proof }) => proof),
    run: (input) => formatProofFile(parseProofFile(input)),
  },
  {
    name: "verifyProofFile",
    good: own.proofs.map(({ proof }) => proof),
    run: (input) => verifyProofFile(input, leafHash("entry 2"), keys) && undefined,
  },
  {
    name: "parseVerifierKey",
    good: own.keys.flatMap(({ vkey, cosignerVkey }) => [vkey, cosignerVkey]),
    run: (input) => formatVerifierKey(parseVerifierKey(text(input))),
  },
  {
    name: "parsePolicy",
    good: [policyText],
    run: (input) => parsePolicy(input) && undefined,
  },
  {
    name: "checkPolicy",
    good: own.notes.map(({ note }) => note),
    run: (input) => checkPolicy(policy, input) && undefined,
  },
];

const rounds = 1500;

for (const { name, good, run } of targets) {
  test(`${name}() reads any bytes or refuses them with a code, ${rounds} times`, () => {
    const start = Math.floor(Math.random() * 2 ** 31);
    const goodBytes = good.map(encodeUtf8);
    let accepted = 0;
    for (let seed = start; seed < start + rounds; seed++) {
      const random = randomNumbers(seed);
      const pick = () => goodBytes[random(goodBytes.length)] ?? new Uint8Array(0);
      const input = random(10) === 0
        ? Uint8Array.from({ length: random(300) }, () => random(256))
        : mutate(pick(), pick(), random);
      try {
        const written = run(input);
        accepted += 1;
        ok(written === undefined || written === text(input), `seed ${seed}: ${written}`);
      } catch (error) {
        ok(error instanceof NoteError || error instanceof MerkleError, `seed ${seed}: ${error}`);
        ok(error.fault.code !== undefined && error.message.length < 2000, `seed ${seed}: ${error.message}`);
      }
    }
    for (const bytes of goodBytes) {
      try {
        run(bytes);
      } catch (error) {
        ok(name === "verifyProofFile" && error instanceof MerkleError, `the good ${name}: ${error}`);
      }
    }
    ok(accepted < rounds, `seed ${start}: all accepted`);
  });
}
