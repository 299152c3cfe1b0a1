/**
 * A release on a server of this machine, and ways to spoil it.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { createSigner, createSigningKey, formatVerifierKey, signNote } from "../../src/note/mod.ts";
import { runtime } from "../../src/platform/mod.ts";
import { formatRelease } from "../../src/release/mod.ts";
import { signForSsh } from "../../tools/release/ssh_signature.ts";
import { sourceRoot } from "../../tools/program/stage_files.ts";

/** The seeds of the project that does not exist, and of somebody else. */
export const seed = new Uint8Array(32).fill(21);
const otherSeed = new Uint8Array(32).fill(22);

/** The key that signs here. */
export const key: string = formatVerifierKey(createSigner("theater", seed).key);

/** What a server answers; a file that is `undefined` is not found. */
export interface Served {
  readonly base: string;
  /** Files by name, to be changed by tests. */
  readonly files: Map<string, Uint8Array>;
  /** Names of files that break off in the middle. */
  readonly broken: Set<string>;
  close(): Promise<void>;
}

/** Serves files on loopback. */
export async function serve(files: ReadonlyMap<string, Uint8Array>): Promise<Served> {
  const all = new Map(files);
  const broken = new Set<string>();
  const server: Server = createServer((request, response) => {
    const name = (request.url ?? "/").slice(1);
    const bytes = all.get(name);
    if (bytes === undefined) {
      response.writeHead(404).end("no such file\n");
      return;
    }
    response.writeHead(200, { "content-length": bytes.length });
    if (!broken.has(name)) response.end(bytes);
    else response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}`,
    files: all,
    broken,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The two files of a signed list. */
export function signedList(text: string, by: "project" | "other" = "project"): [string, Uint8Array][] {
  const secret = by === "project" ? seed : otherSeed;
  const encoder = new TextEncoder();
  return [
    ["checksums.txt", encoder.encode(signNote(text, [createSigner("theater", secret)]))],
    ["checksums.txt.sig", encoder.encode(signForSsh(text, createSigningKey(secret)))],
  ];
}

/** A small program that says a version, in place of the real one. */
export function standIn(version: string): Uint8Array {
  return new TextEncoder().encode(`#!/bin/sh\necho "theater ${version}"\n`);
}

/** A whole release of one program. */
export function releaseOf(version: string, target: string, program: Uint8Array): Map<string, Uint8Array> {
  const name = `theater-${target}.gz`;
  const packed = gzipSync(program);
  const sha256 = createHash("sha256").update(packed).digest("hex");
  const files = new Map([[name, sha256]]);
  return new Map([
    [name, packed],
    ...signedList(formatRelease({ version, commit: "unknown", files })),
  ]);
}

/** Packs and signs a release with the tool that the project uses; its files by name. */
export function packedRelease(programs: string, base: string): Map<string, Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "theater-release-"));
  try {
    const seedFile = join(folder, "seed");
    const out = join(folder, "out");
    writeFileSync(seedFile, `${Array.from(seed, (byte) => byte.toString(16).padStart(2, "0")).join("")}\n`);
    const tool = join(sourceRoot, "tools/release.ts");
    const before = runtime.name === "deno" ? ["run", "-A", "--no-prompt", "--quiet", tool] : [tool];
    const run = (...args: string[]) =>
      execFileSync(process.execPath, [...before, ...args, "--out", out], { encoding: "utf8" });
    run("pack", "--programs", programs, "--base", base, "--key", key);
    run("sign", "--seed", seedFile);
    return new Map(readdirSync(out).map((name) => [name, new Uint8Array(readFileSync(join(out, name)))]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
