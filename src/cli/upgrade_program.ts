import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { noteBytesMax, parseVerifierKey } from "../note/mod.ts";
import { type Build, build, replaceProgram } from "../platform/mod.ts";
import { compareVersions, openRelease, type Release } from "../release/mod.ts";
import project from "../../package.json" with { type: "json" };
import { CliError } from "./cli_error.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { type ExitCode, exitCode } from "./exit_code.ts";

/** What `theater upgrade-self` was told. */
export interface UpgradeInvocation {
  readonly options: {
    readonly from: string | undefined;
    readonly key: string | undefined;
    readonly to: string | undefined;
    readonly check: boolean;
  };
  readonly global: GlobalOptions;
  readonly context: Context;
}

/** Largest download, and largest program, in bytes. */
const packedBytesMax = 256 * 1024 * 1024;
const programBytesMax = 512 * 1024 * 1024;

/** How long a download may take. */
const downloadMsMax = 600_000;

/** Puts a newer release of this program in its place. */
export async function upgradeProgram({ options, global, context }: UpgradeInvocation): Promise<ExitCode> {
  if (build === undefined) throw new CliError({ code: "not_one_file" });
  const base = (options.from ?? project.release.base).replace(/\/$/, "");
  if (base === "") throw new CliError({ code: "no_release", missing: "address" });
  const key = options.key ?? project.release.key;
  if (key === "") throw new CliError({ code: "no_release", missing: "key" });
  const verifier = parseVerifierKey(key);
  const url = `${base}/checksums.txt`;
  const release = openRelease(await download(url, noteBytesMax), verifier);
  const own = project.version;
  if (options.to !== undefined && release.version !== options.to) {
    throw new CliError({ code: "release_wrong", url, wanted: `version ${options.to}`, got: release.version });
  }
  const newer = options.to === undefined
    ? compareVersions(release.version, own) > 0
    : release.version !== own;
  const done = newer && !options.check;
  if (done) replaceProgram(await programOf(base, release, build));
  const { out } = context;
  if (global.json) {
    const { version, commit } = release;
    await out.write(`${JSON.stringify({ from: own, to: version, commit, newer, upgraded: done })}\n`);
  } else if (done) await out.write(`upgraded from ${own} to ${release.version}\n`);
  else if (newer) await out.write(`there is ${release.version}, and this is ${own}\n`);
  else await out.write(`there is nothing newer than this, ${own}\n`);
  return exitCode.done;
}

async function programOf(base: string, release: Release, { target }: Build): Promise<Uint8Array> {
  const name = `theater-${target}${target.startsWith("windows-") ? ".exe" : ""}.gz`;
  const url = `${base}/${name}`;
  const wanted = release.files.get(name);
  if (wanted === undefined) {
    const got = "a release without it";
    throw new CliError({ code: "release_wrong", url, wanted: `a release that has ${name}`, got });
  }
  const packed = await download(url, packedBytesMax);
  const got = createHash("sha256").update(packed).digest("hex");
  if (got !== wanted) {
    throw new CliError({ code: "release_wrong", url, wanted: `the SHA-256 ${wanted}`, got });
  }
  return new Uint8Array(gunzipSync(packed, { maxOutputLength: programBytesMax }));
}

async function download(url: string, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(downloadMsMax) });
    if (!response.ok || response.body === null) {
      throw new Error(`wanted status 200, got ${response.status}`);
    }
    for await (const chunk of response.body) {
      length += chunk.length;
      if (length > bytesMax) throw new Error(`wanted at most ${bytesMax} bytes, got more`);
      chunks.push(chunk);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError({ code: "release_not_read", url, why });
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
