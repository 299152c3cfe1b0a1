/**
 * Makes a release of the programs in `dist/`. `docs/releasing.md` is the whole procedure.
 *
 *     bun tools/release.ts key  --seed <file>                  # makes the key of the project, once
 *     bun tools/release.ts pack --base <url> --key <key>       # dist/release: all files, and what is to be signed
 *     bun tools/release.ts sign --seed <file>                  # signs dist/release/checksums.txt
 *
 * Packing needs no secret and signing needs no network, so that the key can stay on a machine of its own.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import {
  createSigner,
  createSigningKey,
  formatVerifierKey,
  parseVerifierKey,
  signNote,
} from "../src/note/mod.ts";
import { openRelease } from "../src/release/mod.ts";
import project from "../package.json" with { type: "json" };
import { sourceCommit } from "./program/commit.ts";
import { sourceRoot } from "./program/stage_files.ts";
import { packRelease } from "./release/pack.ts";
import { signForSsh } from "./release/ssh_signature.ts";

/** The name of the key that signs releases. */
const keyName = "theater";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    base: { type: "string" },
    key: { type: "string" },
    programs: { type: "string", default: join(sourceRoot, "dist") },
    out: { type: "string", default: join(sourceRoot, "dist", "release") },
  },
});

function wanted(name: "seed" | "base" | "key"): string {
  const value = values[name] ?? (name === "seed" ? undefined : project.release[name]);
  if (value === undefined || value === "") {
    throw new RangeError(`Cannot ${positionals[0]}: wanted --${name}, got none`);
  }
  return value;
}

/** The seed in a file: 64 hex digits, and a newline. */
function readSeed(path: string): Uint8Array {
  const text = readFileSync(path, "utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`Cannot read the seed in ${path}: wanted 64 hex digits`);
  return new Uint8Array(Buffer.from(text, "hex"));
}

switch (positionals[0]) {
  case "key": {
    const seed = randomBytes(32);
    writeFileSync(wanted("seed"), `${seed.toString("hex")}\n`, { mode: 0o600, flag: "wx" });
    console.log(formatVerifierKey(createSigner(keyName, new Uint8Array(seed)).key));
    break;
  }
  case "pack": {
    const key = formatVerifierKey(parseVerifierKey(wanted("key")));
    const commit = sourceCommit(sourceRoot);
    const text = packRelease({
      programs: resolve(values.programs),
      out: resolve(values.out),
      version: project.version,
      commit: /^[0-9a-f]{40}$/.test(commit) ? commit : "unknown",
      base: wanted("base").replace(/\/$/, ""),
      key,
    });
    console.log(text);
    break;
  }
  case "sign": {
    const path = join(resolve(values.out), "checksums.txt");
    const text = readFileSync(path, "utf8");
    const seed = readSeed(wanted("seed"));
    const signer = createSigner(keyName, seed);
    const note = signNote(text, [signer]);
    openRelease(note, signer.key); // Nothing else is ever signed.
    writeFileSync(path, note);
    writeFileSync(`${path}.sig`, signForSsh(text, createSigningKey(seed)));
    console.log(`signed with ${formatVerifierKey(signer.key)}`);
    break;
  }
  default:
    console.error("Cannot make a release: wanted key, pack or sign");
    process.exitCode = 2;
}
