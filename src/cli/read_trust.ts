import { resolve } from "node:path";
import { parseCheckpoint, parseNote, parsePolicy, parseVerifierKey, type VerifierKey } from "../note/mod.ts";
import { exists, readBytes, readText } from "../platform/mod.ts";
import type { Trust } from "../verify/mod.ts";
import { CliError } from "./cli_error.ts";

/** Largest file that says whom to trust, in bytes. */
const trustBytesMax = 1024 * 1024;

/** What was given on the command line. */
export interface TrustOptions {
  /** Verifier keys, or files with one a line. */
  readonly keys: readonly string[];
  /** A policy file. */
  readonly policy: string | undefined;
  /** A file with a signed checkpoint. */
  readonly since: string | undefined;
}

/**
 * Reads whom and what the user trusts.
 *
 * @throws {CliError} `file_not_found`
 * @throws {NoteError} when a key, a policy or a checkpoint is none
 */
export function readTrust({ keys, policy, since }: TrustOptions, folder: string): Trust {
  const note = since === undefined
    ? undefined
    : parseNote(readBytes(find(since, "a signed checkpoint", folder), {
      bytesMax: trustBytesMax,
    }));
  return {
    keys: keys.flatMap((key) => readKeys(key, folder)),
    ...(policy === undefined
      ? {}
      : { policy: parsePolicy(readBytes(find(policy, "a policy", folder), { bytesMax: trustBytesMax })) }),
    ...(note === undefined ? {} : { since: { note, checkpoint: parseCheckpoint(note.text) } }),
  };
}

/** A key itself, or a file of keys; what is no file is taken for a key, so that what is wrong with it is said. */
function readKeys(key: string, folder: string): readonly VerifierKey[] {
  const path = resolve(folder, key);
  if (!exists(path)) {
    if (!/\+[0-9a-f]{8}\+/.test(key)) {
      throw new CliError({
        code: "file_not_found",
        path: key,
        wanted: "a verifier key, or a file with some",
      });
    }
    return [parseVerifierKey(key)];
  }
  const lines = readText(path, { bytesMax: trustBytesMax }).split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("#")).map(parseVerifierKey);
}

function find(path: string, wanted: string, folder: string): string {
  const found = resolve(folder, path);
  if (!exists(found)) throw new CliError({ code: "file_not_found", path, wanted });
  return found;
}
