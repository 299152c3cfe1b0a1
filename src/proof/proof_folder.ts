/**
 * A proof as a folder: each thing in a file of its own, so that it can be
 * checked with the tools that every machine has.
 *
 * One entry: its files. Several: a folder for each, named by its `seq`.
 *
 * @module
 */

import { CodecError, decodeUtf8, encodeUtf8, fromHex, toHex } from "../codec/mod.ts";
import {
  type EntryProof,
  keyBytesMax,
  type Proof,
  proofBytesMax,
  proofEntriesMax,
  type ShownPart,
  tlogProofBytesMax,
} from "./proof.ts";
import { ProofError } from "./proof_error.ts";
import { checkOrder } from "./proof_json.ts";
import { proofReadme } from "./readme.ts";
import { isPartRole, partsMax, saltBytes } from "./shape.ts";

const entryFile = "entry.json";
const entryProofFile = "entry.tlog-proof";
const headProofFile = "head.tlog-proof";
const keyFile = "actor.vkey";
const saltsFile = "salts.txt";
const readmeFile = "README.txt";

const entryBytesMax = 4096;
const partPattern = /^part-([0-3])-([a-z]{1,16})\.bin$/;
const saltPattern = /^([0-3]) ([a-z]{1,16}) ([0-9a-f]{32})$/;
const seqPattern = /^(?:0|[1-9][0-9]{0,15})$/;

/** A file to be written; folders are separated by `/`. */
export interface ProofFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** Where the files of a proof are read from. */
export interface ProofFolder {
  /** What is in it: files, and folders. */
  readonly names: readonly string[];
  /**
   * The bytes of a file.
   *
   * @throws {ProofError} `too_large`
   */
  read(name: string, bytesMax: number): Uint8Array;
  /** A folder in it. */
  open(name: string): ProofFolder;
}

/** The files that a proof is written as. `seqOf` tells the position of an entry from its text. */
export function writeProofFiles(proof: Proof, seqOf: (entry: string) => number): ProofFile[] {
  const files: ProofFile[] = [{ name: readmeFile, content: encodeUtf8(proofReadme(proof)) }];
  const single = proof.entries.length === 1;
  for (const each of proof.entries) {
    const before = single ? "" : `${seqOf(each.entry)}/`;
    const add = (name: string, content: Uint8Array | string) =>
      files.push({
        name: before + name,
        content: typeof content === "string" ? encodeUtf8(content) : content,
      });
    add(entryFile, each.entry); // No line end: what is hashed are these bytes.
    add(entryProofFile, each.entryProof);
    add(headProofFile, each.headProof);
    if (each.actorKey !== undefined) add(keyFile, `${each.actorKey}\n`);
    if (each.parts.length === 0) continue;
    const salts = each.parts.map(({ position, role, salt }) => `${position} ${role} ${toHex(salt)}\n`);
    add(saltsFile, salts.join(""));
    for (const { position, role, bytes } of each.parts) add(`part-${position}-${role}.bin`, bytes);
  }
  return files;
}

/**
 * Reads what {@linkcode writeProofFiles} writes. The README is passed over, as
 * are names that begin with a dot; any other file is refused.
 *
 * @throws {ProofError}
 */
export function readProofFiles(folder: ProofFolder): Proof {
  const names = folder.names.filter((name) => !name.startsWith(".") && name !== readmeFile);
  if (names.includes(entryFile)) return { entries: [readEntryFiles(folder, names, "")] };
  const seqs = names.filter((name) => seqPattern.test(name)).map(Number).sort((a, b) => a - b);
  const other = names.find((name) => !seqPattern.test(name));
  if (seqs.length === 0) throw new ProofError({ code: "file_missing", name: entryFile });
  if (other !== undefined) throw new ProofError({ code: "file_unknown", name: other });
  if (seqs.length > proofEntriesMax) {
    const what = "the number of entries";
    throw new ProofError({ code: "too_large", what, wanted: proofEntriesMax, got: seqs.length });
  }
  let left = proofBytesMax;
  const entries = seqs.map((seq) => {
    const inner = bounded(folder.open(`${seq}`), (bytes) => {
      left -= bytes;
      if (left < 0) {
        throw new ProofError({
          code: "too_large",
          what: "the proof",
          wanted: proofBytesMax,
          got: proofBytesMax - left,
        });
      }
    });
    const inside = inner.names.filter((name) => !name.startsWith(".") && name !== readmeFile);
    return readEntryFiles(inner, inside, `${seq}/`);
  });
  return { entries };
}

/** The same folder, telling how many bytes were read from it. */
function bounded(folder: ProofFolder, spend: (bytes: number) => void): ProofFolder {
  return {
    names: folder.names,
    open: folder.open,
    read(name, bytesMax) {
      const bytes = folder.read(name, bytesMax);
      spend(bytes.length);
      return bytes;
    },
  };
}

function readEntryFiles(folder: ProofFolder, names: readonly string[], before: string): EntryProof {
  const text = (name: string, bytesMax: number) => {
    if (!names.includes(name)) throw new ProofError({ code: "file_missing", name: before + name });
    return readText(folder, name, bytesMax, before);
  };
  const known = [entryFile, entryProofFile, headProofFile, keyFile, saltsFile];
  const found = new Map<string, { readonly position: number; readonly role: string }>();
  for (const name of names) {
    const [, position, role] = partPattern.exec(name) ?? [];
    if (position !== undefined && role !== undefined) found.set(name, { position: Number(position), role });
    else if (!known.includes(name)) throw new ProofError({ code: "file_unknown", name: before + name });
  }
  const parts: ShownPart[] = [];
  if (names.includes(saltsFile)) {
    for (const { position, role, salt } of readSalts(text(saltsFile, 64 * partsMax), before)) {
      const name = `part-${position}-${role}.bin`;
      if (!found.delete(name)) throw new ProofError({ code: "file_missing", name: before + name });
      if (!isPartRole(role)) throw badField(before + saltsFile, "the role of a part", role);
      parts.push({ position, role, salt, bytes: folder.read(name, proofBytesMax) });
    }
    checkOrder(parts, before + saltsFile);
  }
  const [without] = found.keys();
  if (without !== undefined) throw badField(before + without, `a line for it in ${saltsFile}`, "none");
  return {
    entry: text(entryFile, entryBytesMax),
    parts,
    entryProof: text(entryProofFile, tlogProofBytesMax),
    headProof: text(headProofFile, tlogProofBytesMax),
    ...(names.includes(keyFile) && { actorKey: readKey(text(keyFile, keyBytesMax), before) }),
  };
}

function* readSalts(
  text: string,
  before: string,
): Generator<{ position: number; role: string; salt: Uint8Array }> {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length === 0) {
    throw badField(before + saltsFile, "lines that end with a line feed", JSON.stringify(text.slice(-20)));
  }
  for (const line of lines) {
    const [, position, role, salt] = saltPattern.exec(line) ?? [];
    if (position === undefined || role === undefined || salt === undefined) {
      const wanted = "a position, a role and 32 hex digits, separated by single spaces";
      throw badField(before + saltsFile, wanted, JSON.stringify(line.slice(0, 80)));
    }
    yield { position: Number(position), role, salt: fromHex(salt, saltBytes) };
  }
}

function readKey(text: string, before: string): string {
  const key = text.slice(0, -1);
  if (!text.endsWith("\n") || key.includes("\n")) {
    throw badField(before + keyFile, "one line", JSON.stringify(text.slice(0, 80)));
  }
  return key;
}

function readText(folder: ProofFolder, name: string, bytesMax: number, before: string): string {
  try {
    return decodeUtf8(folder.read(name, bytesMax));
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw badField(before + name, "UTF-8 text", error.message);
  }
}

function badField(field: string, wanted: string, got: string): ProofError {
  return new ProofError({ code: "bad_field", field, wanted, got });
}
