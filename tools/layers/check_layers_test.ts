import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { deepEqual, equal, match } from "node:assert/strict";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { markers } from "./diagram.ts";

const tool = fileURLToPath(new URL("../check_layers.ts", import.meta.url));
const config = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** The tool reads the graph with Deno. */
const onlyDeno = { skip: !("Deno" in globalThis) };

const sound: Readonly<Record<string, string>> = {
  "deno.json": "{}",
  "cli.ts": 'import { b } from "./src/chain/mod.ts";\nb;\n',
  "src/codec/mod.ts": windowText(0, "export const a = 1;"),
  "src/chain/mod.ts": windowText(1, 'export { b } from "./b.ts";'),
  "src/chain/b.ts": 'import type { a } from "../codec/mod.ts";\nexport const b: typeof a = 1;\n',
  "docs/architecture.md": `${markers.begin}\n${markers.end}\n`,
};

function windowText(layer: number, code: string): string {
  return `/**\n * A room. Layer ${layer}.\n *\n * \`\`\`ts\n * f();\n * \`\`\`\n * @module\n */\n${code}\n`;
}

/** Builds a house of `files` and runs `work` in it. */
function inHouse(files: Readonly<Record<string, string>>, work: (top: string) => void): void {
  const top = mkdtempSync(join(tmpdir(), "house-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(top, path)), { recursive: true });
      writeFileSync(join(top, path), text);
    }
    work(top);
  } finally {
    rmSync(top, { recursive: true });
  }
}

function checkLayers(...args: string[]) {
  const run = ["run", "-A", "--no-prompt", "--config", config, tool, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, run, { encoding: "utf8" });
  return { status, stdout, faults: stderr.split("\n").filter((line) => /^[\w./]+:\d+: /.test(line)) };
}

test("check_layers writes the diagram once and then finds everything as planned", onlyDeno, () => {
  inHouse(sound, (top) => {
    const before = checkLayers(top);
    equal(before.status, 1);
    match(before.faults.join("\n"), /^docs\/architecture\.md:1: .*got an older one/);
    deepEqual(checkLayers("--diagram", top), {
      status: 0,
      stdout: "Layers: 4 files in 2 rooms, as planned\n",
      faults: [],
    });
    match(readFileSync(join(top, "docs/architecture.md"), "utf8"), /chain --> codec/);
    equal(checkLayers(top).status, 0);
  });
});

test("check_layers sees imports of types, of values, of files loaded later and of threads", onlyDeno, () => {
  const files = {
    ...sound,
    "src/codec/mod.ts": windowText(0, 'export const a = 1;\n// import a from "./no_import.ts";'),
    "src/codec/upward.ts": [
      'import type { b } from "../chain/mod.ts";',
      "",
      'export const later = () => import("../chain/b.ts");',
      'export const thread = new URL("../chain/gone.ts", import.meta.url);',
      "export type B = typeof b;",
    ].join("\n"),
  };
  inHouse(files, (top) => {
    deepEqual(checkLayers("--diagram", top).faults, [
      "src/codec/upward.ts:1: Cannot import ../chain/mod.ts: wanted a room at or below codec (L0), got chain (L1)",
      "src/codec/upward.ts:3: Cannot import ../chain/b.ts: wanted src/chain/mod.ts, got src/chain/b.ts",
      "src/codec/upward.ts:4: Cannot import ../chain/gone.ts: wanted a file that exists, got src/chain/gone.ts",
    ]);
  });
});
