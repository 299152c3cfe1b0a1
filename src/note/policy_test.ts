import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8, toBase64 } from "../codec/mod.ts";
import {
  checkPolicy,
  createSigner,
  createVerifierKey,
  describeShortfall,
  formatNote,
  formatVerifierKey,
  type NoteFault,
  parsePolicy,
  policyKeys,
  policyLinesMax,
  type PolicyShortfall,
} from "./mod.ts";
import { createTestWitness, refused, testSeed, type TestWitness } from "./testing/vectors.ts";

const log = createSigner("example.com/log", testSeed(1));
const otherLog = createSigner("example.com/other", testSeed(2));
const witnesses = Array.from({ length: 6 }, (_, at) => {
  return createTestWitness(`witness.example/${at}`, testSeed(10 + at));
});
const [w0, w1, w2, w3, w4, w5] = witnesses as [
  TestWitness,
  TestWitness,
  TestWitness,
  TestWitness,
  TestWitness,
  TestWitness,
];
const vkey = ({ key }: { key: TestWitness["key"] }) => formatVerifierKey(key);
const logLine = `log ${vkey(log)}\n`;

// The example of the standard, with keys.
const example = `# who is trusted
${logLine}
witness X1 ${vkey(w0)}
witness X2 ${vkey(w1)} https://witness.example/x2
witness X3 ${vkey(w2)}
group X-witnesses 2 X1 X2 X3

  witness\tY1 ${vkey(w3)}
witness Y2 ${vkey(w4)}
witness Y3 ${vkey(w5)}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
\t# the end
quorum X-and-Y
`;

const checkpoint = `example.com/log\n7\n${toBase64(testSeed(99))}\n`;

function signedBy(...by: { sign?(text: string): unknown; cosign?(text: string): unknown }[]): string {
  const signatures = by.map((each) => (each.sign ?? each.cosign)?.(checkpoint)) as ReturnType<
    typeof log.sign
  >[];
  return formatNote({ text: checkpoint, signatures });
}

test("the example of the standard is read", () => {
  const policy = parsePolicy(example);
  equal(policy.logs.length, 1);
  deepEqual(policy.witnesses.map(({ name }) => name), ["X1", "X2", "X3", "Y1", "Y2", "Y3"]);
  equal(policy.witnesses[1]?.url, "https://witness.example/x2");
  equal(policyKeys(policy).length, 7);
  deepEqual(parsePolicy(encodeUtf8(example)), policy);
});

test("the quorum of the example, for every set of witnesses", () => {
  const policy = parsePolicy(example);
  for (let set = 0; set < 64; set++) {
    const chosen = witnesses.filter((_, at) => set >> at & 1);
    const verdict = checkPolicy(policy, signedBy(log, ...chosen));
    const inX = chosen.filter((each) => [w0, w1, w2].includes(each)).length;
    const inY = chosen.length - inX;
    equal(verdict.met, inX >= 2 && inY >= 1, `set ${set}`);
    equal(verdict.witnesses.length, chosen.length);
    equal(verdict.shortfalls.length, verdict.met ? 0 : 1);
  }
});

const one = `${logLine}witness W ${vkey(w0)}\nquorum W\n`;
const nobody = `${logLine}quorum none\n`;

function shortfallsOf(policy: string, note: string): readonly PolicyShortfall[] {
  return checkPolicy(parsePolicy(policy), note).shortfalls;
}

test("a policy without witnesses wants the log alone", () => {
  deepEqual(shortfallsOf(nobody, signedBy(log)), []);
  deepEqual(shortfallsOf(nobody, signedBy(otherLog)), [
    { code: "log_not_signed", origin: "example.com/log", known: ["example.com/log"] },
  ]);
});

test("a log signs for its own origin only", () => {
  const both = `${nobody}log ${vkey(otherLog)}\n`;
  deepEqual(shortfallsOf(both, signedBy(otherLog)), [
    { code: "log_not_signed", origin: "example.com/log", known: ["example.com/log", "example.com/other"] },
  ]);
});

test("a single witness as the quorum", () => {
  deepEqual(shortfallsOf(one, signedBy(log, w0)), []);
  deepEqual(shortfallsOf(one, signedBy(log, w1)), [
    { code: "quorum_not_met", quorum: "W", wanted: 1, got: 0, missing: ["W"] },
  ]);
  equal(shortfallsOf(one, signedBy(w1)).length, 2);
});

test("a witness that cosigns twice counts once", () => {
  const two = `${logLine}witness A ${vkey(w0)}\nwitness B ${vkey(w1)}\ngroup G 2 A B\nquorum G\n`;
  const note = formatNote({
    text: checkpoint,
    signatures: [log.sign(checkpoint), w0.cosign(checkpoint, 1), w0.cosign(checkpoint, 2)],
  });
  deepEqual(shortfallsOf(two, note), [
    { code: "quorum_not_met", quorum: "G", wanted: 2, got: 1, missing: ["B"] },
  ]);
});

test("a policy without logs wants to be told of one", () => {
  const policy = parsePolicy("quorum none\n");
  deepEqual(checkPolicy(policy, signedBy(log)).shortfalls, [{ code: "no_log_known" }]);
  equal(checkPolicy(policy, signedBy(log), [log.key]).met, true);
  equal(checkPolicy(policy, signedBy(log), [otherLog.key]).met, false);
});

test("a wrong signature of a known key is an error, whatever the quorum", () => {
  const damaged = { ...w0.cosign(checkpoint), signature: new Uint8Array(72) };
  const note = formatNote({ text: checkpoint, signatures: [log.sign(checkpoint), damaged] });
  refused(() => checkPolicy(parsePolicy(one), note), "signature_wrong");
  equal(checkPolicy(parsePolicy(nobody), note).met, true); // There it is the signature of a stranger.
});

test("what is no checkpoint meets no policy", () => {
  const note = formatNote({ text: "hello\n", signatures: [log.sign("hello\n")] });
  refused(() => checkPolicy(parsePolicy(nobody), note), "syntax");
});

test("names are octets: a Kelvin sign is no K, and what is no UTF-8 is a name too", () => {
  const policy = `witness K ${vkey(w0)}\nwitness \u212a ${vkey(w1)}\n`;
  equal(parsePolicy(`${policy}quorum \u212a\n`).witnesses.length, 2);
  const high = Uint8Array.of(
    ...encodeUtf8(`${policy}witness `),
    0xe9,
    ...encodeUtf8(` ${vkey(w2)}\nquorum `),
    0xe9,
    0x0a,
  );
  const { quorum } = parsePolicy(high);
  equal(quorum === "none" ? "" : quorum.name, "\ufffd");
});

test("a name may be a word of the format", () => {
  const policy = `witness all ${vkey(w0)}\nwitness 2 ${vkey(w1)}\ngroup any all all 2\nquorum any\n`;
  const { quorum } = parsePolicy(policy);
  deepEqual(quorum !== "none" && quorum.kind === "group" ? quorum.threshold : 0, 2);
});

const w = `witness W ${vkey(w0)}\n`;
const v = `witness V ${vkey(w1)}\n`;
const refusals: [string, string | Uint8Array, NoteFault["code"]][] = [
  ["nothing", "", "policy_quorum"],
  ["no quorum", logLine, "policy_quorum"],
  ["two quorums", "quorum none\nquorum none\n", "policy_quorum"],
  ["no final newline", `${w}${v}quorum W`, "syntax"],
  ["an unknown word", `${nobody}trust me\n`, "syntax"],
  ["a word in capitals", "Quorum none\n", "syntax"],
  ["a quorum without a name", "quorum\n", "syntax"],
  ["a quorum of two names", `${w}${v}quorum W V\n`, "syntax"],
  ["a comment behind a line", "quorum none # nobody\n", "syntax"],
  ["a log without a key", "log\nquorum none\n", "syntax"],
  ["a log with too much", `log ${vkey(log)} url more\nquorum none\n`, "syntax"],
  ["a log whose key is none", "log abc\nquorum none\n", "syntax"],
  ["a log whose id is wrong", `log ${vkey(log).replace(/\+./, "+_")}\nquorum none\n`, "syntax"],
  ["a log twice", `${logLine}${logLine}quorum none\n`, "policy_key_taken"],
  ["a log twice under two names", `${logLine}log ${renamed()}\nquorum none\n`, "policy_key_taken"],
  ["a witness twice", `${w}witness V ${vkey(w0)}\nquorum none\n`, "policy_key_taken"],
  ["a witness without a key", "witness W\nquorum none\n", "syntax"],
  ["a witness with the key of a log", `witness W ${vkey(log)}\nquorum none\n`, "syntax"],
  ["a name that is taken", `${w}witness W ${vkey(w1)}\nquorum none\n`, "policy_name_taken"],
  ["a group of a name that is taken", `${w}group W any W\nquorum W\n`, "policy_name_taken"],
  ["a witness named none", `witness none ${vkey(w0)}\nquorum none\n`, "policy_name_taken"],
  ["a group named none", `${w}group none any W\nquorum none\n`, "policy_name_taken"],
  ["none in a group", `${w}group G any none\nquorum G\n`, "policy_name_unknown"],
  ["a quorum of nobody known", "quorum W\n", "policy_name_unknown"],
  ["a quorum that is defined later", `quorum W\n${w}`, "policy_name_unknown"],
  ["a group that holds itself", `${w}group G all W G\nquorum G\n`, "policy_name_unknown"],
  ["a group without members", `${w}group G any\nquorum W\n`, "syntax"],
  ["a member twice", `${w}group G 2 W W\nquorum G\n`, "policy_member_taken"],
  ["a member of two groups", `${w}${v}group G any W\ngroup H any V W\nquorum H\n`, "policy_member_taken"],
  ["a threshold of 0", `${w}group G 0 W\nquorum G\n`, "policy_threshold"],
  ["a threshold past the members", `${w}group G 2 W\nquorum G\n`, "policy_threshold"],
  ["a threshold with a zero", `${w}group G 01 W\nquorum G\n`, "policy_threshold"],
  ["a threshold in hex", `${w}group G 0x1 W\nquorum G\n`, "policy_threshold"],
  ["a negative threshold", `${w}group G -1 W\nquorum G\n`, "policy_threshold"],
  ["a carriage return", "quorum none\r\n", "control_character"],
  ["a delete character", "# \x7f\nquorum none\n", "control_character"],
  ["a zero", "# \0\nquorum none\n", "control_character"],
  ["a lone surrogate", "# \ud800\nquorum none\n", "not_utf8"],
  ["a key whose name is no UTF-8", Uint8Array.of(...encodeUtf8("log "), 0xff, 0x0a), "not_utf8"],
  ["a million bytes", "#".repeat(1_000_000), "too_large"],
];

function renamed(): string {
  return formatVerifierKey(createVerifierKey("another", "ed25519", log.key.publicKey));
}

for (const [name, input, code] of refusals) {
  test(`parsePolicy() refuses ${name}`, () => refused(() => parsePolicy(input), code));
}

function manyWitnesses(count: number): string {
  const lines = Array.from({ length: count }, (_, at) => {
    const seed = testSeed(0);
    new DataView(seed.buffer).setUint32(0, at + 1);
    return `witness w${at} ${vkey(createTestWitness(`w/${at}`, seed))}\n`;
  });
  return lines.join("");
}

test("32 of everything are taken, and one more than the most is refused", () => {
  const names = Array.from({ length: 32 }, (_, at) => `w${at}`);
  const groups = names.map((name, at) => `group g${at} all ${name}${at === 0 ? "" : ` g${at - 1}`}\n`);
  const policy = parsePolicy(`${manyWitnesses(32)}${groups.join("")}quorum g31\n`);
  equal(checkPolicy(policy, signedBy(log), [log.key]).met, false);
  refused(() => parsePolicy(`${manyWitnesses(policyLinesMax + 1)}quorum none\n`), "too_many");
});

test("a shortfall is said in words", () => {
  const [shortfall] = shortfallsOf(one, signedBy(log));
  equal(
    shortfall === undefined ? "" : describeShortfall(shortfall),
    "Cannot rely on the witnesses as too few have cosigned: wanted 1 of W, got 0; missing: W",
  );
});
