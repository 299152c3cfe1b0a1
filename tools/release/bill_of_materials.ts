import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jcoPackage } from "../jco_package.ts";
import { sourceRoot } from "../program/stage_files.ts";
import { bunVersion, targets } from "../program/targets.ts";

interface Component {
  readonly type: "library" | "platform";
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: "SHA-256" | "SHA-512"; readonly content: string }[];
}

/**
 * The bill of materials of a release in CycloneDX 1.6: what the programs contain besides our own sources,
 * from `bun.lock`, the vendored generator and the pinned Bun. It names no time, so it is the same for the
 * same sources.
 */
export function componentsOf(version: string) {
  const own = { type: "application", name: "theater", version, "bom-ref": `theater@${version}` };
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { ...own, licenses: [{ license: { id: "Apache-2.0" } }] } },
    components: [...packagesOfLock(), vendored(), componentizer(), ...runtimes()].map((component) => ({
      ...component,
      "bom-ref": component.purl,
    })),
  };
}

/** Packages that end up in the program: all of the lock file but those that only tests use. */
function packagesOfLock(): Component[] {
  const text = readFileSync(join(sourceRoot, "bun.lock"), "utf8");
  // The lock file is JSON with commas before closing brackets.
  const lock: {
    readonly workspaces: { readonly "": { readonly devDependencies?: Readonly<Record<string, string>> } };
    readonly packages: Readonly<Record<string, readonly [string, string, unknown, string]>>;
  } = JSON.parse(text.replace(/,(\s*[}\]])/g, "$1"));
  const unused = new Set(Object.keys(lock.workspaces[""].devDependencies ?? {}));
  return Object.entries(lock.packages).filter(([name]) => !unused.has(name)).map(
    ([name, [id, , , integrity]]) => {
      const version = id.slice(name.length + 1);
      const content = Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex");
      return npm("library", name, version, [{ alg: "SHA-512", content }]);
    },
  );
}

function vendored(): Component {
  return npm("library", jcoPackage.name, jcoPackage.version, []);
}

/** Made the script component, and is partly in it: QuickJS, rquickjs, wasi-libc (`docs/licenses/`). */
function componentizer(): Component {
  const tool = readFileSync(join(sourceRoot, "tools/build_script_component.ts"), "utf8");
  const [, name = "", version = ""] = /"(componentize-qjs)@([0-9.]+)"/.exec(tool) ?? [];
  return npm("library", name, version, []);
}

function runtimes(): Component[] {
  return targets.map(({ npmPackage, sha256 }) =>
    npm("platform", npmPackage, bunVersion, [{ alg: "SHA-256", content: sha256 }])
  );
}

function npm(
  type: Component["type"],
  name: string,
  version: string,
  hashes: NonNullable<Component["hashes"]>,
): Component {
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return { type, name, version, purl, ...(hashes.length > 0 && { hashes }) };
}
