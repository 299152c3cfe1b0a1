import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8, fromBase64, toBase64 } from "../codec/mod.ts";
import {
  createSigner,
  createVerifierKey,
  formatNote,
  NoteError,
  type NoteFault,
  noteSignaturesMax,
  openCheckpoint,
  openNote,
  parseCosignature,
  parseNote,
  parseVerifierKey,
  signNote,
  type VerifierKey,
} from "./mod.ts";
import { createTestWitness, loadVectors, refused, testSeed } from "./testing/vectors.ts";

interface NoteVector {
  readonly desc: string;
  readonly vkeys: string[];
  readonly note: string;
  readonly ok: boolean;
  readonly verified?: number;
}

for (
  const { desc, vkeys, note, ok, verified } of loadVectors<{ cases: NoteVector[] }>("signed-notes").cases
) {
  test(`the signed note: ${desc}`, () => {
    const keys = vkeys.map(parseVerifierKey);
    if (!ok) return refused(() => openNote(note, keys));
    const opened = openNote(note, keys);
    equal(opened.verified.length, verified);
    equal(formatNote(parseNote(note)), note);
    deepEqual(openNote(encodeUtf8(note), keys), opened);
  });
}

interface CosignatureVector {
  readonly desc: string;
  readonly vkey: string;
  readonly note: string;
  readonly timestamp: number;
}

for (
  const { desc, vkey, note, timestamp } of loadVectors<{ cases: CosignatureVector[] }>("cosignatures").cases
) {
  test(`the cosignature: ${desc}`, () => {
    const key = parseVerifierKey(vkey);
    deepEqual(openNote(note, [key]).verified, [{ key, timeSeconds: timestamp }]);
    refused(() => openCheckpoint(note, [key]), "log_signature_missing");
    refused(() => openNote(note.replace(/\n\d+\n/, "\n301\n"), [key]), "signature_wrong");
  });
}

interface OwnNote {
  readonly note: string;
  readonly vkeys: string[];
  readonly timesSeconds: (number | null)[];
}

test("our own notes are opened", () => {
  for (const { note, vkeys, timesSeconds } of loadVectors<{ notes: OwnNote[] }>("theater").notes) {
    const opened = openNote(note, vkeys.map(parseVerifierKey));
    deepEqual(opened.verified.map(({ timeSeconds }) => timeSeconds ?? null), timesSeconds);
    equal(formatNote(parseNote(note)), note);
  }
});

test("the checkpoints of tessera are opened", () => {
  const { vkey, checkpoints } = loadVectors<{ vkey: string; checkpoints: string[] }>("../merkle/tessera-log");
  equal(checkpoints.length, 16);
  for (const [size, note] of checkpoints.entries()) {
    equal(openCheckpoint(note, [parseVerifierKey(vkey)]).size, size);
  }
});

const alice = createSigner("alice", testSeed(1));
const bob = createSigner("bob", testSeed(2));
const text = "one\n\ntwo\n";
const note = signNote(text, [alice, bob]);
const lines = note.slice(text.length + 1).split("\n").slice(0, -1);
const [aliceLine = "", bobLine = ""] = lines;
const noteOf = (...signatureLines: string[]) =>
  `${text}\n${signatureLines.map((line) => `${line}\n`).join("")}`;

/** The same line with the last byte of its signature changed. */
function damagedLine(line: string): string {
  const at = line.lastIndexOf(" ") + 1;
  const bytes = fromBase64(line.slice(at));
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  return line.slice(0, at) + toBase64(bytes);
}

test("a note is divided at its last blank line", () => {
  equal(parseNote(note).text, text);
  equal(openNote(note, [alice.key]).text, text);
  // What looks like a note inside of a text is part of the text.
  const nested = signNote(note, [bob]);
  equal(openNote(nested, [bob.key]).text, note);
  refused(() => openNote(nested, [alice.key]), "no_known_signature");
  equal(parseNote(signNote("\n", [alice])).text, "\n");
});

test("unknown keys are passed over, and what they signed is not said to be verified", () => {
  const opened = openNote(note, [bob.key]);
  deepEqual(opened.verified, [{ key: bob.key }]);
  deepEqual(opened.ignored.map(({ name }) => name), ["alice"]);
  equal(openNote(noteOf(damagedLine(aliceLine), bobLine), [bob.key]).verified.length, 1);
});

test("a key of the same name and another id is another key", () => {
  const other = createSigner("alice", testSeed(3));
  refused(() => openNote(noteOf(aliceLine), [other.key]), "no_known_signature");
  equal(openNote(signNote(text, [other, alice]), [alice.key]).ignored.length, 1);
});

test("a known key that fails rejects the note, wherever it stands", () => {
  for (
    const signatures of [
      [damagedLine(aliceLine), bobLine],
      [bobLine, damagedLine(aliceLine)],
      [aliceLine, damagedLine(aliceLine)],
      [damagedLine(aliceLine), aliceLine],
    ]
  ) {
    refused(() => openNote(noteOf(...signatures), [alice.key, bob.key]), "signature_wrong");
  }
});

test("the same line twice counts once, and so does a key that is given twice", () => {
  const opened = openNote(noteOf(aliceLine, aliceLine, bobLine, aliceLine), [alice.key, alice.key]);
  deepEqual(opened.verified, [{ key: alice.key }]);
});

test("two keys of one name and id are told from each other by nobody", () => {
  const impostor: VerifierKey = { ...bob.key, name: alice.key.name, id: alice.key.id };
  refused(() => openNote(note, [alice.key, impostor]), "keys_ambiguous");
});

test("a signature of another length is wrong", () => {
  for (const length of [1, 63, 65, 72]) {
    const signature = new Uint8Array(length);
    const short = formatNote({ text, signatures: [{ name: "alice", keyId: alice.key.id, signature }] });
    refused(() => openNote(short, [alice.key]), "signature_wrong");
  }
});

const witness = createTestWitness("witness", testSeed(4));
const checkpoint = `log\n1\n${toBase64(testSeed(9))}\n`;
const log = createSigner("log", testSeed(5));

test("a witness may cosign twice, and both times are known", () => {
  const signatures = [log.sign(checkpoint), witness.cosign(checkpoint, 5), witness.cosign(checkpoint, 7)];
  const opened = openCheckpoint(formatNote({ text: checkpoint, signatures }), [log.key, witness.key]);
  deepEqual(opened.note.verified.map(({ timeSeconds }) => timeSeconds), [undefined, 5, 7]);
});

test("a cosignature is of one time and of a checkpoint", () => {
  const right = witness.cosign(checkpoint, 5);
  const noteWith = (signature: Uint8Array, body = checkpoint) => {
    return formatNote({ text: body, signatures: [{ ...right, signature }] });
  };
  equal(openNote(noteWith(right.signature), [witness.key]).verified[0]?.timeSeconds, 5);
  refused(() => openNote(noteWith(right.signature.with(7, 6)), [witness.key]), "signature_wrong");
  refused(() => openNote(noteWith(right.signature.with(0, 255)), [witness.key]), "signature_wrong");
  refused(() => openNote(noteWith(right.signature.subarray(8)), [witness.key]), "signature_wrong");
  const words = "no checkpoint\n";
  refused(() => openNote(noteWith(witness.cosign(words).signature, words), [witness.key]), "signature_wrong");
});

test("parseCosignature() wants 72 bytes and a time that is a number", () => {
  for (let length = 0; length < 150; length++) {
    equal(parseCosignature(new Uint8Array(length)) !== undefined, length === 72);
  }
  const largest = new Uint8Array(72);
  largest.set([0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  equal(parseCosignature(largest)?.timeSeconds, 2 ** 53 - 1);
  equal(parseCosignature(largest.with(1, 0x20)), undefined);
});

test("one key for notes and cosignatures has two ids, and neither signature passes for the other", () => {
  const both = createVerifierKey("witness", "ed25519", witness.key.publicKey);
  const cosigned = formatNote({ text: checkpoint, signatures: [witness.cosign(checkpoint)] });
  refused(() => openNote(cosigned, [both]), "no_known_signature");
});

test("openCheckpoint() wants a signature of the log itself", () => {
  const keys = [log.key, alice.key, witness.key];
  equal(openCheckpoint(signNote(checkpoint, [alice, log]), keys).origin, "log");
  refused(() => openCheckpoint(signNote(checkpoint, [alice]), keys), "log_signature_missing");
  refused(() => openCheckpoint(signNote(text, [alice]), keys), "syntax");
});

const refusals: [string, string | Uint8Array, NoteFault["code"]][] = [
  ["nothing", "", "syntax"],
  ["a text alone", text, "syntax"],
  ["no signature", `${text}\n`, "syntax"],
  ["two blank lines at the end", `${text}\n\n`, "syntax"],
  ["no final newline", note.slice(0, -1), "syntax"],
  ["a line that is no signature", noteOf(aliceLine, "hello"), "syntax"],
  ["a hyphen", noteOf(aliceLine.replace("—", "-")), "syntax"],
  ["an en dash", noteOf(aliceLine.replace("—", "–")), "syntax"],
  ["a dash without a space", noteOf(aliceLine.replace("— ", "—")), "syntax"],
  ["two spaces", noteOf(aliceLine.replace("alice ", "alice  ")), "syntax"],
  ["a space at the end", noteOf(`${aliceLine} `), "syntax"],
  ["no name", noteOf(aliceLine.replace("alice ", "")), "syntax"],
  ["a name with a plus sign", noteOf(aliceLine.replace("alice", "al+ice")), "syntax"],
  ["a name with an ideographic space", noteOf(aliceLine.replace("alice", "al\u3000ice")), "syntax"],
  ["a key id alone", noteOf("— alice AAAAAA=="), "syntax"],
  ["base64 without padding", noteOf("— alice AAAAAAA"), "syntax"],
  ["base64 with bits in the padding", noteOf("— alice AAAAAAB="), "syntax"],
  ["base64 of another alphabet", noteOf("— alice AA_AAAAA"), "syntax"],
  ["a carriage return", note.replace("one\n", "one\r\n"), "control_character"],
  ["a tab", note.replace("one", "o\tne"), "control_character"],
  ["a zero", note.replace("one", "o\0ne"), "control_character"],
  ["an escape", note.replace("one", "\x1b[31m"), "control_character"],
  ["a lone surrogate", note.replace("one", "\ud800"), "not_utf8"],
  ["bytes that are no UTF-8", Uint8Array.of(0x6f, 0xff, 0x0a, 0x0a), "not_utf8"],
  ["an overlong encoding", Uint8Array.of(0xc0, 0x8a, 0x0a, 0x0a), "not_utf8"],
  ["too many signatures", noteOf(...Array<string>(noteSignaturesMax + 1).fill(aliceLine)), "too_many"],
  ["a million newlines", "\n".repeat(1_000_000), "syntax"],
  ["a million newlines under the text", `${text}\n${"a\n".repeat(400_000)}`, "too_many"],
  ["more than a million bytes", "a".repeat(1_000_001), "too_large"],
  ["more than a million bytes in fewer characters", "ü".repeat(600_000), "too_large"],
];

for (const [name, input, code] of refusals) {
  test(`parseNote() refuses ${name}`, () => {
    refused(() => parseNote(input), code);
    refused(() => openNote(input, [alice.key, bob.key]), code);
  });
}

test("parseNote() takes as many signatures as it says, large ones too", () => {
  const large = Array.from({ length: 16 }, (_, at) => ({
    name: `post-quantum-${at}`,
    keyId: "00000006",
    signature: new Uint8Array(5000),
  }));
  const signatures = [alice.sign(text), ...large];
  equal(openNote(formatNote({ text, signatures }), [alice.key]).ignored.length, 16);
  const many = Array<string>(noteSignaturesMax).fill(aliceLine);
  equal(openNote(noteOf(...many), [alice.key]).verified.length, 1);
});

test("a byte order mark is part of the text", () => {
  const marked = signNote(`\ufeff${text}`, [alice]);
  equal(openNote(encodeUtf8(marked), [alice.key]).text, `\ufeff${text}`);
  refused(() => openNote(marked.slice(1), [alice.key]), "signature_wrong");
});

test("signNote() signs nothing that no note can have", () => {
  refused(() => signNote("no newline", [alice]), "syntax");
  refused(() => signNote("", [alice]), "syntax");
  refused(() => signNote("a\tb\n", [alice]), "control_character");
  refused(() => signNote(text, []), "syntax");
  refused(() => formatNote({ text, signatures: [{ ...alice.sign(text), name: "a b" }] }), "syntax");
});

test("every byte of a note counts", () => {
  const bytes = encodeUtf8(note);
  const keys = [alice.key, bob.key];
  const changes = [1, 0x20, 0x80];
  let passed = 0;
  for (let at = 0; at < bytes.length; at++) {
    for (const change of changes) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ change;
      // A name or a key id that is another one makes an unknown key, and then the other key is left.
      try {
        const opened = openNote(changed, keys);
        equal(opened.text, text);
        equal(opened.verified.length, 1);
        passed += 1;
      } catch (error) {
        ok(error instanceof NoteError);
      }
    }
  }
  ok(passed > 0 && passed < 60, `${passed} passed`);
});

test("the error says which key has not signed", () => {
  throws(() => openNote(noteOf(aliceLine), [bob.key]), {
    message: "Cannot accept the note as no known key has signed it: " +
      `wanted bob+${bob.key.id}, got alice+${alice.key.id}`,
  });
});
