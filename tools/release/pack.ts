import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { formatRelease } from "../../src/release/mod.ts";
import { sourceRoot } from "../program/stage_files.ts";
import { componentsOf } from "./bill_of_materials.ts";

/** What goes into a release besides the programs. */
export interface PackOptions {
  /** The folder with the programs, as `bun run build --all` leaves it. */
  readonly programs: string;
  /** The folder that is made. */
  readonly out: string;
  readonly version: string;
  readonly commit: string;
  /** Where the release will be, without a slash at the end; written into the installers. */
  readonly base: string;
  /** The key that will sign it, as a verifier key; written into the installers. */
  readonly key: string;
}

/** Files of the ledger example, which the first steps of the README run. */
const ledger = ["theater.toml", "ledger.ts", "postings.jsonl"];

/** Makes the folder of a release, all but its signature; returns the text that is to be signed. */
export function packRelease(options: PackOptions): string {
  const { programs, out, version, commit, base, key } = options;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(programs).filter((name) => /^theater-[a-z0-9-]+(\.exe)?$/.test(name))) {
    writeFileSync(join(out, `${name}.gz`), gzipSync(readFileSync(join(programs, name)), { level: 9 }));
  }
  for (const script of ["install.sh", "install.ps1"]) {
    const text = readFileSync(join(sourceRoot, script), "utf8");
    writeFileSync(join(out, script), withValue(withValue(text, "release_base", base), "release_key", key));
  }
  writeFileSync(join(out, "theater.cdx.json"), `${JSON.stringify(componentsOf(version), null, 2)}\n`);
  packLedger(join(out, "ledger.tar.gz"));
  for (const name of ["LICENSE", "NOTICE"]) copyFileSync(join(sourceRoot, name), join(out, name));
  const files = readdirSync(out).map((name): [string, string] => [name, sha256(join(out, name))]);
  const text = formatRelease({ version, commit, files: new Map(files) });
  writeFileSync(join(out, "checksums.txt"), text);
  return text;
}

/** Sets `name=''`, or `$name = ''`, in a script. */
function withValue(script: string, name: string, value: string): string {
  if (!/^[A-Za-z0-9+/=:._~-]*$/.test(value)) throw new RangeError(`Cannot write ${value} into a script`);
  const place = new RegExp(`^(\\$?${name} ?= ?)''$`, "m");
  if (!place.test(script)) throw new Error(`Cannot write ${name} into a script: it has no place for it`);
  return script.replace(place, (_, before: string) => `${before}'${value}'`);
}

/** The same bytes from the same files, wherever and whenever it is made. */
function packLedger(path: string): void {
  const tar = execFileSync("tar", [
    "--create",
    "--format=ustar",
    "--sort=name",
    "--mtime=@0",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--mode=0644",
    "--transform=s,^,ledger/,",
    "--directory",
    join(sourceRoot, "examples/ledger"),
    ...ledger,
  ], { maxBuffer: 64 * 1024 * 1024 });
  writeFileSync(path, gzipSync(tar, { level: 9 }));
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
