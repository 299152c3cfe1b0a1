/**
 * Proofs on disk: the only file of this room that reads or writes any.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { parseEntry } from "../chain/mod.ts";
import { CodecError, decodeUtf8 } from "../codec/mod.ts";
import {
  ensureFolder,
  FileError,
  inspectFile,
  listFolder,
  readBytes,
  realPath,
  rename,
  writeFileAtomic,
} from "../platform/mod.ts";
import { type Proof, proofBytesMax } from "./proof.ts";
import { ProofError } from "./proof_error.ts";
import { type ProofFolder, readProofFiles, writeProofFiles } from "./proof_folder.ts";
import { readProofJson, writeProofJson } from "./proof_json.ts";

/** Most names in a folder that is read as a proof. */
const namesMax = 20_000;

/**
 * Writes a proof: as one JSON file if the path ends with `.json`, else as a
 * folder, which must not be there yet.
 *
 * @throws {FileError}
 */
export function saveProof(path: string, proof: Proof): void {
  if (path.endsWith(".json")) {
    writeFileAtomic(path, writeProofJson(proof), { mode: 0o644 });
    return;
  }
  // Written beside and renamed, so that nobody finds half of it.
  const temporary = `${path}.part`;
  ensureFolder(temporary);
  for (const { name, content } of writeProofFiles(proof, (entry) => parseEntry(entry).seq)) {
    const file = join(temporary, name);
    ensureFolder(dirname(file));
    writeFileAtomic(file, content, { mode: 0o644 });
  }
  rename(temporary, path);
}

/**
 * Reads a proof, from a folder or a JSON file.
 *
 * @throws {ProofError | FileError}
 */
export function loadProof(path: string): Proof {
  // Who names a link means what it leads to; inside of a proof none is followed.
  if (inspectFile(path)?.kind === "link") return loadProof(realPath(path));
  const facts = inspectFile(path);
  if (facts?.kind === "folder") return readProofFiles(folderAt(path));
  const bytes = readAtMost(path, proofBytesMax);
  try {
    return readProofJson(decodeUtf8(bytes));
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new ProofError({ code: "not_a_proof", wanted: "UTF-8 text", got: error.message });
  }
}

/** Whether what is at `path` looks like a proof: a folder, or a file that begins as one. */
export function looksLikeProof(path: string): boolean {
  const facts = inspectFile(path);
  if (facts?.kind === "link") return looksLikeProof(realPath(path));
  return facts?.kind === "folder" || path.endsWith(".json");
}

function folderAt(path: string): ProofFolder {
  const names = listFolder(path);
  if (names.length > namesMax) {
    throw new ProofError({ code: "too_large", what: "the folder", wanted: namesMax, got: names.length });
  }
  return {
    names,
    read: (name, bytesMax) => readAtMost(join(path, name), bytesMax),
    open: (name) => folderAt(join(path, name)),
  };
}

/** Links are not followed: a proof comes from a stranger, and its files must be its own. */
function readAtMost(path: string, bytesMax: number): Uint8Array {
  const facts = inspectFile(path);
  if (facts !== undefined && facts.kind !== "file") {
    throw new ProofError({ code: "not_a_proof", wanted: `a file ${path}`, got: `a ${facts.kind}` });
  }
  try {
    return readBytes(path, { bytesMax });
  } catch (error) {
    if (!(error instanceof FileError) || error.fault.code !== "too_large") throw error;
    throw new ProofError({ code: "too_large", what: path, wanted: bytesMax, got: facts?.size ?? 0 });
  }
}
