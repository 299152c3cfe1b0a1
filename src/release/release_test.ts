import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { createSigner, NoteError, signNote } from "../note/mod.ts";
import { formatRelease, openRelease, type Release, ReleaseError } from "./release.ts";
import { compareVersions, isVersion } from "./version.ts";

const signer = createSigner("theater", new Uint8Array(32).fill(7));
const release: Release = {
  version: "0.10.2",
  commit: "0123456789abcdef0123456789abcdef01234567",
  files: new Map([["install.sh", "a".repeat(64)], ["theater-linux-x64.gz", "0".repeat(64)]]),
};
const text = formatRelease(release);

test("a signed release opens to what was written", () => {
  const opened = openRelease(signNote(text, [signer]), signer.key);
  deepEqual(opened, release);
});

test("a release that another key has signed is not looked at", () => {
  const other = createSigner("theater", new Uint8Array(32).fill(8));
  throws(() => openRelease(signNote(text, [other]), signer.key), NoteError);
  const changed = signNote(text, [signer]).replace("0.10.2", "0.10.3");
  throws(() => openRelease(changed, signer.key), NoteError);
});

const refusals: readonly (readonly [what: string, from: string | RegExp, to: string, line: number])[] = [
  ["another header", "release v1", "release v2", 1],
  ["no version", "version 0.10.2\n", "", 2],
  ["a version of two numbers", "0.10.2", "0.10", 2],
  ["a version with a leading zero", "0.10.2", "0.010.2", 2],
  ["a version with a word", "0.10.2", "0.10.2-beta", 2],
  ["a commit in capitals", "0123456789abcdef0", "0123456789ABCDEF0", 3],
  ["a short checksum", "a".repeat(64), "a".repeat(63), 4],
  ["one space", `${"a".repeat(64)}  `, `${"a".repeat(64)} `, 4],
  ["a path", "install.sh", "../install.sh", 4],
  ["a hidden file", "install.sh", ".install", 4],
  ["a name twice", "theater-linux-x64.gz", "install.sh", 5],
  ["an empty line", "commit", "\ncommit", 3],
];

for (const [what, from, to, line] of refusals) {
  test(`a release with ${what} is refused at line ${line}`, () => {
    const changed = text.replace(from, to);
    equal(changed === text, false);
    throws(
      () => openRelease(signNote(changed, [signer]), signer.key),
      (error) => error instanceof ReleaseError && error.fault.line === line,
    );
  });
}

test("versions are compared by number", () => {
  const sorted = ["0.0.9", "0.1.0", "0.1.1", "0.2.0", "0.10.0", "1.0.0"];
  for (const [i, a] of sorted.entries()) {
    equal(isVersion(a), true);
    for (const [j, b] of sorted.entries()) {
      equal(Math.sign(compareVersions(a, b)), Math.sign(i - j), `${a} ${b}`);
    }
  }
});
