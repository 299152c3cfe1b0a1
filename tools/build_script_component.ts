/**
 * Builds the script component from `guests/script/` and `wit/`.
 *
 *     deno run -A --no-prompt tools/build_script_component.ts
 *
 * Writes `src/script/script_component.wasm` and `src/script/script_component.ts`, which holds its hash
 * and that of the sources. The build is not reproducible (two builds of one source differ in bytes), so
 * the result is committed and named by its hash. Run it after a change in `guests/script/` or in the WIT
 * of the world `script-actor`; a test fails until then.
 * @module
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashScriptSources } from "../src/script/script_sources.ts";

/** Installed by npm into a temporary folder: Deno refuses the package as one of its optional bindings was
 * never published, and a type check should not fetch its engine. */
const PACKAGE = "componentize-qjs@0.4.5";

const root = fileURLToPath(new URL("../", import.meta.url));

interface Componentize {
  componentize(options: {
    readonly witPath: string;
    readonly world: string;
    readonly jsSource: string;
    readonly jsPath: string;
    readonly moduleRoot: string;
    readonly sync: boolean;
    readonly optSize: boolean;
    readonly stubWasi: boolean;
  }): Promise<{ readonly component: Uint8Array }>;
}

async function build(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "theater-script-"));
  try {
    execFileSync("npm", [
      "install",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--prefix",
      folder,
      PACKAGE,
    ]);
    const { componentize }: Componentize = createRequire(join(folder, "x.js"))("componentize-qjs");
    // A folder of WIT is one package, with the packages that it uses below deps/.
    const wit = join(folder, "wit");
    await mkdir(join(wit, "deps", "actor"), { recursive: true });
    await copyFile(join(root, "wit/actor.wit"), join(wit, "deps/actor/actor.wit"));
    await copyFile(join(root, "wit/script.wit"), join(wit, "script.wit"));
    const jsPath = join(root, "guests/script/main.js");
    const { component } = await componentize({
      witPath: wit,
      world: "script-actor",
      jsSource: await readFile(jsPath, "utf8"),
      jsPath,
      moduleRoot: join(root, "guests/script"),
      sync: true,
      optSize: true,
      stubWasi: true,
    });
    return component;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const component = await build();
const sha256 = createHash("sha256").update(component).digest("hex");
const sources = await hashScriptSources(root);
await writeFile(join(root, "src/script/script_component.wasm"), component);
await writeFile(
  join(root, "src/script/script_component.ts"),
  `// Written by tools/build_script_component.ts.

/** SHA-256 of \`script_component.wasm\`, in hex. */
export const scriptComponentSha256 = "${sha256}";

/** SHA-256 over the sources that it was built from ({@linkcode hashScriptSources}), in hex. */
export const scriptSourcesSha256 = "${sources}";
`,
);
console.log(`script_component.wasm: ${component.length} bytes, sha256 ${sha256}`);
