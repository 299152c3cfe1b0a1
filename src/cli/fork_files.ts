import { dirname, join, relative } from "node:path";
import { type KeyframeEntry } from "../chain/mod.ts";
import { isJsonObject, parseCanonical } from "../codec/mod.ts";
import { manifestToml } from "../manifest/mod.ts";
import { exists, remove, writeFileAtomic } from "../platform/mod.ts";
import { partText, ReplayError } from "../replay/mod.ts";
import type { LogReader } from "../store/mod.ts";
import { CliError } from "./cli_error.ts";

/** What a fork is to run, and where that is written down. */
export interface ForkFilesRequest {
  readonly name: string;
  /** Absolute path of the manifest to write. */
  readonly manifest: string;
  /** Absolute path of a component or script to run instead of the recorded one. */
  readonly with: string | undefined;
  /** Lines for the head of the manifest. */
  readonly about: readonly string[];
  readonly force: boolean;
}

/** The files of a fork: its manifest, and what it runs. */
export interface ForkFiles {
  readonly manifest: string;
  readonly component: string;
  /** Takes away what was written. */
  remove(): void;
}

/**
 * Writes the manifest of a fork, with what was granted to its parent, and beside
 * it the component or script that its parent ran.
 *
 * @throws {CliError} `file_exists`, `file_not_found`
 * @throws {ReplayError} `part_absent`, `damaged`, `not_run` where the log does not have the component
 */
export function writeForkFiles(
  reader: LogReader,
  address: string,
  keyframe: KeyframeEntry,
  request: ForkFilesRequest,
): ForkFiles {
  const { name, manifest, about, force } = request;
  const settings = partText(reader, address, keyframe, 2);
  const recorded = request.with === undefined ? recordedComponent(reader, address, keyframe) : undefined;
  const component = request.with ?? join(dirname(manifest), `${name}.${recorded?.extension}`);
  if (request.with !== undefined && !exists(component)) {
    throw new CliError({ code: "file_not_found", path: component, wanted: "the component" });
  }
  const written = [manifest, ...(recorded === undefined ? [] : [component])];
  for (const path of written) {
    if (exists(path) && !force) throw new CliError({ code: "file_exists", path });
  }
  const path = relative(dirname(manifest), component);
  if (recorded !== undefined) writeFileAtomic(component, recorded.bytes);
  // A script is bundled anew at every start, so that its hash need not be the recorded one.
  const sha256 = recorded?.extension === "wasm" ? recorded.sha256 : undefined;
  const text = manifestToml(settings, {
    name,
    component: { path, ...(sha256 !== undefined && { sha256 }) },
    about,
  });
  writeFileAtomic(manifest, text);
  return { manifest, component, remove: () => written.forEach(remove) };
}

function recordedComponent(reader: LogReader, address: string, keyframe: KeyframeEntry) {
  const value = parseCanonical(partText(reader, address, keyframe, 1));
  const hashes = isJsonObject(value) ? value : {};
  const source = hashes["source"];
  const [sha256, extension] = source === undefined ? [hashes["component"], "wasm"] : [source, "js"];
  const bytes = typeof sha256 === "string" ? reader.blob(sha256) : undefined;
  if (typeof sha256 !== "string" || bytes === undefined) {
    const detail = "the log does not have what it ran; name a component with --with";
    throw new ReplayError({ code: "not_run", address, seq: keyframe.seq, detail });
  }
  return { sha256, extension, bytes };
}
