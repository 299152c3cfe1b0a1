import { readBytes, readText } from "../platform/mod.ts";
import { type ComponentSource, pathBeside } from "../manifest/mod.ts";
import { sha256Hex } from "../codec/mod.ts";
import { bundleScript, scriptComponent } from "../script/mod.ts";

/** What an actor runs: a component, and for a script actor the script that it is given. */
export interface ComponentBytes {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly script?: { readonly source: string; readonly sha256: string };
}

/** Where to look and what to keep. */
export interface ComponentOptions {
  /** The manifest that names the component; paths are relative to its folder. */
  readonly manifestPath: string;
  /** Largest component, in bytes. */
  readonly bytesMax: number;
  /** Keeps bundles of scripts from one start to the next. */
  readonly cacheFolder: string | undefined;
}

/**
 * Reads what a manifest names as its component: a file, a script with what it
 * imports, or an https URL.
 *
 * @throws {Error} that says what was wanted and what was got
 */
export async function componentBytes(
  source: ComponentSource,
  options: ComponentOptions,
): Promise<ComponentBytes> {
  switch (source.kind) {
    case "file": {
      const path = pathBeside(options.manifestPath, source.path);
      if (isScript(source.path)) return await scriptBytes(path, options);
      return checked(await readBytes(path), path, source.sha256, options.bytesMax);
    }
    case "url":
      return checked(
        await download(source.url, options.bytesMax),
        source.url,
        source.sha256,
        options.bytesMax,
      );
  }
}

/** Whether a path in a manifest names a script. */
export function isScript(path: string): boolean {
  return /\.(ts|js|mts|mjs)$/.test(path);
}

async function scriptBytes(path: string, options: ComponentOptions): Promise<ComponentBytes> {
  const cache = options.cacheFolder === undefined ? {} : { cacheDir: options.cacheFolder };
  const [bytes, script] = await Promise.all([
    scriptComponent(),
    bundleScript(path, { read: (file) => Promise.resolve(readText(file)), ...cache }),
  ]);
  return { bytes, sha256: sha256Hex(bytes), script: { source: script.source, sha256: script.sha256 } };
}

function checked(
  bytes: Uint8Array,
  from: string,
  wanted: string | undefined,
  bytesMax: number,
): ComponentBytes {
  if (bytes.length > bytesMax) {
    throw new RangeError(
      `Cannot use ${from}: wanted at most ${bytesMax} bytes (limits.component), got ${bytes.length}`,
    );
  }
  const sha256 = sha256Hex(bytes);
  if (wanted !== undefined && wanted !== sha256) {
    throw new Error(`Cannot use ${from}: wanted the SHA-256 ${wanted}, got ${sha256}`);
  }
  return { bytes, sha256 };
}

/** How long a download may take. */
const downloadMsMax = 60_000;

async function download(url: string, bytesMax: number): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(downloadMsMax) });
  if (!response.ok || response.body === null) {
    throw new Error(`Cannot download ${url}: wanted status 200, got ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > bytesMax) {
      throw new RangeError(`Cannot download ${url}: wanted at most ${bytesMax} bytes, got more`);
    }
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
