/** The release as it is packed and signed, with small programs. */

import { deepEqual, equal, match } from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseVerifierKey } from "../../src/note/mod.ts";
import { openRelease } from "../../src/release/mod.ts";
import { sourceRoot } from "../../tools/program/stage_files.ts";
import { findTarget, programName, targets } from "../../tools/program/targets.ts";
import { componentsOf } from "../../tools/release/bill_of_materials.ts";
import { key, packedRelease, standIn } from "./release_server.ts";

test("a packed release is signed, whole, and the same each time", () => {
  const programs = mkdtempSync(join(tmpdir(), "theater-programs-"));
  try {
    for (const name of ["theater-linux-x64", "theater-windows-x64.exe"]) {
      writeFileSync(join(programs, name), standIn("0.1.0"));
    }
    writeFileSync(join(programs, "theater-linux-x64.txt"), "not a program");
    const base = "https://example.com/theater";
    const files = packedRelease(programs, base);
    deepEqual([...files.keys()].sort(), [
      "LICENSE",
      "NOTICE",
      "checksums.txt",
      "checksums.txt.sig",
      "install.ps1",
      "install.sh",
      "ledger.tar.gz",
      "theater-linux-x64.gz",
      "theater-windows-x64.exe.gz",
      "theater.cdx.json",
    ]);
    const release = openRelease(files.get("checksums.txt") ?? "", parseVerifierKey(key));
    for (const [name, sha256] of release.files) {
      equal(createHash("sha256").update(files.get(name) ?? "").digest("hex"), sha256, name);
    }
    equal(release.files.size, files.size - 2);
    const text = (name: string) => new TextDecoder().decode(files.get(name));
    match(text("install.sh"), new RegExp(`^release_base='${base}'$`, "m"));
    equal(text("install.sh").includes(`\nrelease_key='${key}'\n`), true);
    equal(text("install.ps1").includes(`\n$release_base = '${base}'\n$release_key = '${key}'\n`), true);
    deepEqual(packedRelease(programs, base), files);
  } finally {
    rmSync(programs, { recursive: true });
  }
});

test("the bill of materials names what is in the program, each with its version", () => {
  const { bomFormat, specVersion, components } = componentsOf("0.1.0");
  deepEqual([bomFormat, specVersion], ["CycloneDX", "1.6"]);
  const named = components.map(({ name }) => name);
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(sourceRoot, "package.json"), "utf8"),
  );
  for (const name of Object.keys(dependencies)) equal(named.includes(name), true, name);
  for (const name of Object.keys(devDependencies)) equal(named.includes(name), false, name);
  for (const name of ["@bytecodealliance/jco-transpile", "componentize-qjs", "@oven/bun-linux-x64"]) {
    equal(named.includes(name), true, name);
  }
  for (const { purl, version } of components) {
    match(version, /^\d+\.\d+\.\d+/);
    match(purl, /^pkg:npm\/(%40[\w-]+\/)?[\w-]+@\d/);
  }
  equal(new Set(components.map((component) => component["bom-ref"])).size, components.length);
});

test("every machine has its own program", () => {
  equal(new Set(targets.map(programName)).size, targets.length);
  equal(findTarget("linux", "x64", false)?.name, "linux-x64");
  equal(findTarget("linux", "arm64", true)?.name, "linux-arm64-musl");
  equal(findTarget("darwin", "arm64", false)?.name, "darwin-arm64");
  equal(findTarget("win32", "x64", false)?.name, "windows-x64");
  equal(findTarget("win32", "arm64", false), undefined);
  equal(findTarget("freebsd", "x64", false), undefined);
});
