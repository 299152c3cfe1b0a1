import { openNote, type VerifierKey } from "../note/mod.ts";
import { isVersion } from "./version.ts";

/** One release. */
export interface Release {
  readonly version: string;
  /** Of the sources: 40 hex digits, or `unknown`. */
  readonly commit: string;
  /** SHA-256 of every file, 64 hex digits, by name. */
  readonly files: ReadonlyMap<string, string>;
}

/** A line that is not as a release has it. */
export interface ReleaseFault {
  readonly code: "release_syntax";
  /** From 1. */
  readonly line: number;
  readonly wanted: string;
  readonly got: string;
}

/** What was signed is not a release. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
  constructor(readonly fault: ReleaseFault) {
    super(`Cannot read line ${fault.line} of the release: wanted ${fault.wanted}, got ${fault.got}`);
  }
}

const header = "theater release v1";
const filesMax = 1000;

/**
 * The text of a release, which is then signed:
 *
 * ```text
 * theater release v1
 * version 0.1.0
 * commit 0123456789abcdef0123456789abcdef01234567
 * 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  theater-linux-x64.gz
 * ```
 *
 * The lines of files are those of `sha256sum`.
 */
export function formatRelease({ version, commit, files }: Release): string {
  const lines = [...files].sort(([a], [b]) => a < b ? -1 : 1).map(([name, sha256]) => `${sha256}  ${name}`);
  return `${[header, `version ${version}`, `commit ${commit}`, ...lines].join("\n")}\n`;
}

/**
 * Opens a signed release.
 *
 * @param note from anybody
 * @throws {NoteError} unless `key` has signed it
 * @throws {ReleaseError} if what it has signed is not a release
 */
export function openRelease(note: Uint8Array | string, key: VerifierKey): Release {
  const lines = openNote(note, [key]).text.slice(0, -1).split("\n");
  const read = (line: number, wanted: string, form: RegExp): RegExpExecArray => {
    const found = form.exec(lines[line - 1] ?? "");
    if (found !== null) return found;
    throw new ReleaseError({
      code: "release_syntax",
      line,
      wanted,
      got: JSON.stringify((lines[line - 1] ?? "").slice(0, 80)),
    });
  };
  read(1, `"${header}"`, new RegExp(`^${header}$`));
  const [, version = ""] = read(2, '"version" and three numbers', /^version (.*)$/);
  if (!isVersion(version)) read(2, '"version" and three numbers', /^$/);
  const [, commit = ""] = read(3, '"commit" and its number', /^commit ([0-9a-f]{40}|unknown)$/);
  const files = new Map<string, string>();
  for (let line = 4; line <= lines.length; line++) {
    const wanted = "a checksum, two spaces and a new name";
    const [, sha256 = "", name = ""] = read(
      line,
      wanted,
      /^([0-9a-f]{64}) {2}([A-Za-z0-9][A-Za-z0-9._-]{0,99})$/,
    );
    if (files.has(name) || files.size === filesMax) read(line, wanted, /^$/);
    files.set(name, sha256);
  }
  return { version, commit, files };
}
