/**
 * A proof as one JSON file. Canonical JSON (RFC 8785) and a line feed, so that a
 * proof has one spelling.
 *
 * @module
 */

import type { PartRole } from "../chain/mod.ts";
import {
  canonicalize,
  CodecError,
  fromBase64,
  fromHex,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseCanonical,
  toBase64,
  toHex,
} from "../codec/mod.ts";
import {
  type EntryProof,
  keyBytesMax,
  type Proof,
  proofBytesMax,
  proofEntriesMax,
  type ShownPart,
  tlogProofBytesMax,
} from "./proof.ts";
import { isPartRole, partsMax, saltBytes } from "./shape.ts";
import { ProofError } from "./proof_error.ts";

/** What a proof says of itself. */
export const proofFormat = "theater/proof/v1";

/** Longest text of an entry. */
const entryCharsMax = 4096;

/** Writes a proof as JSON. */
export function writeProofJson(proof: Proof): string {
  const entries = proof.entries.map((each): JsonObject => ({
    entry: each.entry,
    entry_proof: each.entryProof,
    head_proof: each.headProof,
    parts: each.parts.map(({ position, role, salt, bytes }): JsonObject => ({
      bytes: toBase64(bytes),
      position,
      role,
      salt: toHex(salt),
    })),
    ...(each.actorKey === undefined ? {} : { actor_key: each.actorKey }),
  }));
  return `${canonicalize({ format: proofFormat, entries })}\n`;
}

/**
 * Reads what {@linkcode writeProofJson} writes, and nothing else.
 *
 * @throws {ProofError}
 */
export function readProofJson(text: string): Proof {
  if (text.length > proofBytesMax) {
    throw new ProofError({ code: "too_large", what: "the file", wanted: proofBytesMax, got: text.length });
  }
  const value = parse(text);
  if (!isJsonObject(value)) throw notAProof("a JSON object", "other JSON");
  const format = value["format"];
  if (format !== proofFormat) {
    throw new ProofError({
      code: "unknown_format",
      wanted: proofFormat,
      got: brief(format),
    });
  }
  onlyKeys(value, "the proof", ["entries", "format"]);
  const entries = value["entries"];
  if (!Array.isArray(entries) || entries.length === 0) throw bad("entries", "an array, not empty", entries);
  if (entries.length > proofEntriesMax) {
    const what = "the number of entries";
    throw new ProofError({ code: "too_large", what, wanted: proofEntriesMax, got: entries.length });
  }
  return { entries: entries.map((entry: JsonValue, at) => readEntry(entry, `entries[${at}]`)) };
}

function parse(text: string): JsonValue {
  if (!text.endsWith("\n")) throw notAProof("canonical JSON and a line feed", "no line feed at the end");
  try {
    return parseCanonical(text.slice(0, -1));
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw notAProof("canonical JSON", error.message);
  }
}

function readEntry(value: JsonValue, at: string): EntryProof {
  if (!isJsonObject(value)) throw bad(at, "an object", value);
  onlyKeys(value, at, ["actor_key", "entry", "entry_proof", "head_proof", "parts"]);
  const parts = value["parts"];
  if (!Array.isArray(parts) || parts.length > partsMax) {
    throw bad(`${at}.parts`, `an array of at most ${partsMax}`, parts);
  }
  const shown = parts.map((part: JsonValue, i) => readPart(part, `${at}.parts[${i}]`));
  checkOrder(shown, `${at}.parts`);
  return {
    entry: readString(value, at, "entry", entryCharsMax),
    parts: shown,
    entryProof: readString(value, at, "entry_proof", tlogProofBytesMax),
    headProof: readString(value, at, "head_proof", tlogProofBytesMax),
    ...(Object.hasOwn(value, "actor_key") &&
      { actorKey: readString(value, at, "actor_key", keyBytesMax) }),
  };
}

function readPart(value: JsonValue, at: string): ShownPart {
  if (!isJsonObject(value)) throw bad(at, "an object", value);
  onlyKeys(value, at, ["bytes", "position", "role", "salt"]);
  const position = value["position"];
  if (typeof position !== "number" || !Number.isInteger(position) || position < 0 || position >= partsMax) {
    throw bad(`${at}.position`, `0 to ${partsMax - 1}`, position);
  }
  return {
    position,
    role: readRole(value["role"], `${at}.role`),
    salt: decode(`${at}.salt`, () => fromHex(readString(value, at, "salt", 2 * saltBytes), saltBytes)),
    bytes: decode(`${at}.bytes`, () => fromBase64(readString(value, at, "bytes", proofBytesMax))),
  };
}

function readRole(value: JsonValue | undefined, at: string): PartRole {
  if (typeof value !== "string" || !isPartRole(value)) throw bad(at, "the role of a part", value);
  return value;
}

/** Refuses positions that do not grow: one part would be shown twice. */
export function checkOrder(parts: readonly ShownPart[], field: string): void {
  parts.forEach(({ position }, at) => {
    const before = parts[at - 1];
    if (before !== undefined && before.position >= position) {
      throw bad(field, "positions that grow", position);
    }
  });
}

function decode<T>(field: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ProofError || !(error instanceof Error)) throw error;
    throw new ProofError({ code: "bad_field", field, wanted: "another encoding", got: error.message });
  }
}

function readString(value: JsonObject, at: string, key: string, charsMax: number): string {
  const text = Object.hasOwn(value, key) ? value[key] : undefined;
  if (typeof text !== "string") throw bad(`${at}.${key}`, "a string", text);
  if (text.length > charsMax) {
    throw new ProofError({ code: "too_large", what: `${at}.${key}`, wanted: charsMax, got: text.length });
  }
  return text;
}

function onlyKeys(value: JsonObject, at: string, keys: readonly string[]): void {
  for (const key of Object.keys(value)) {
    if (!keys.includes(key)) throw bad(at, `only ${keys.join(", ")}`, key);
  }
}

function notAProof(wanted: string, got: string): ProofError {
  return new ProofError({ code: "not_a_proof", wanted, got });
}

function bad(field: string, wanted: string, got: JsonValue | undefined): ProofError {
  return new ProofError({ code: "bad_field", field, wanted, got: brief(got) });
}

function brief(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
