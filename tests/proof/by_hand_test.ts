/** What `docs/proofs.md` tells people to type, typed: with openssl, coreutils and Python. */

import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { formatVerifierKey } from "../../src/note/mod.ts";
import { makeProof, saveProof } from "../../src/proof/mod.ts";
import { openLog } from "../../src/store/mod.ts";
import { writeLongLog, writeSample } from "../cli/sample_log.ts";
import { actorSigner, nodeSigner, sealLog } from "./sealed_log.ts";

const folder = mkdtempSync(join(tmpdir(), "theater-by-hand-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const page = readFileSync(fileURLToPath(new URL("../../docs/proofs.md", import.meta.url)), "utf8");

function blocks(language: string): string[] {
  return [...page.matchAll(/^```([a-z]+)\n(.*?)^```$/gms)].flatMap(([, name, body = ""]) =>
    name === language ? [body] : []
  );
}

const has = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
const python = has("python3", "--version");
const tools = has("openssl", "version") && has("sh", "-c", "command -v xxd && command -v sha256sum");

let proofs = 0;

/** The folder of a proof, and the node's key. */
function proofFolder(
  write: (path: string) => void,
  address: string,
  seq: number,
): { path: string; key: string } {
  const log = join(folder, `${proofs}.db`);
  write(log);
  const store = openLog(log);
  try {
    sealLog(store);
    const signer = actorSigner(store.node, address);
    const path = join(folder, `proof-${proofs++}`);
    saveProof(path, makeProof(store, { address, from: seq, to: seq + 1, signer }));
    return { path, key: formatVerifierKey(nodeSigner(store.node).key) };
  } finally {
    store.close();
  }
}

function change(path: string, file: string, at: number): () => void {
  const name = join(path, file);
  const before = readFileSync(name);
  const changed = Uint8Array.from(before);
  changed[at] = (changed[at] ?? 0) ^ 1;
  writeFileSync(name, changed);
  return () => writeFileSync(name, before);
}

test("the page has two scripts and one program of about forty lines", () => {
  equal(blocks("sh").length, 2);
  const [program = "", ...more] = blocks("python");
  deepEqual(more, []);
  ok(program.split("\n").length <= 45, `${program.split("\n").length} lines`);
});

test("the commands for openssl and sha256sum hold, and fail on a changed proof", {
  skip: !tools,
  timeout: 60_000,
}, () => {
  const { path, key } = proofFolder(writeSample, "ledger", 6);
  const run = (script: string) =>
    spawnSync("sh", ["-e", "-c", script], { cwd: path, env: { ...process.env, KEY: key }, encoding: "utf8" });
  const [commitments = "", signature = ""] = blocks("sh");
  const first = run(commitments);
  equal(first.status, 0, first.stderr);
  const second = run(signature);
  equal(second.status, 0, second.stderr);
  match(second.stdout, /Verified Successfully/);

  let undo = change(path, "part-0-body.bin", 3);
  notEqual(run(commitments).status, 0);
  undo();
  undo = change(path, "salts.txt", 12);
  notEqual(run(commitments).status, 0);
  undo();
  undo = change(path, "head.tlog-proof", readFileSync(join(path, "head.tlog-proof")).indexOf("\n\n") + 3);
  notEqual(run(signature).status, 0);
  undo();
  equal(run(signature).status, 0);
});

test(
  "the program in Python agrees, on small trees and large ones",
  { skip: !python, timeout: 60_000 },
  () => {
    const [program = ""] = blocks("python");
    const check = join(folder, "check.py");
    writeFileSync(check, program);
    const run = (path: string) => spawnSync("python3", [check], { cwd: path, encoding: "utf8" });
    const long = (path: string) => writeLongLog(path, 1000);
    const cases = [
      proofFolder(writeSample, "ledger", 0),
      proofFolder(writeSample, "ledger", 19),
      proofFolder(writeSample, "ledger/auditor", 4),
      proofFolder(long, "busy", 0),
      proofFolder(long, "busy", 511),
      proofFolder(long, "busy", 1000),
    ];
    for (const { path } of cases) {
      const { status, stdout, stderr } = run(path);
      equal(status, 0, stderr);
      match(
        stdout,
        /^entry \d+ of sample~[0-9a-f]{32}\/\S+ with \d+ entries; node sample~[0-9a-f]{32} with \d leaves\n$/,
      );
      for (
        const [file, at] of [["entry.json", 20], ["entry.tlog-proof", 40], ["head.tlog-proof", 40]] as const
      ) {
        const undo = change(path, file, at);
        notEqual(run(path).status, 0, `${path}/${file}`);
        undo();
      }
    }
  },
);
