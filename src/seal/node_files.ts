/**
 * What a node keeps apart from its log: the seeds of its keys, and the head that
 * it has signed last. Whoever loses the log has these, and the other way round.
 *
 * Layer 5.
 * @module
 */

import { join } from "node:path";
import { fromHex, toHex } from "../codec/mod.ts";
import {
  ensureFolder,
  ensurePrivateFolder,
  exists,
  inspectFile,
  listFolder,
  randomBytes,
  readText,
  remove,
  rename,
  runtime,
  writeFileAtomic,
  writeFileAtomicLater,
} from "../platform/mod.ts";
import { SealError } from "./seal_error.ts";

const seedBytes = 32;

/** The file of the seed in use; one that is being introduced; those that were in use. */
const seedName = /^seed(?:\.new|\.[1-9][0-9]*)?$/;

/** A seed and the file that holds it. */
export interface KeptSeed {
  readonly path: string;
  /** 32 secret bytes. */
  readonly seed: Uint8Array;
}

/** The folder of one node. */
export interface NodeFiles {
  readonly folder: string;
  /** The file of the seed in use. */
  readonly seedPath: string;
  /** The file of the head that was signed last. */
  readonly headPath: string;
  /** All seeds that there are, the one in use first. @throws {SealError} `key_damaged`, `key_readable` */
  seeds(): readonly KeptSeed[];
  /** Makes the first seed. */
  createSeed(): KeptSeed;
  /** Makes a seed that is not in use yet; {@linkcode adoptSeed} makes it so. */
  createNextSeed(): KeptSeed;
  /** Puts a seed in use; the one before stays, under a number. */
  adoptSeed(kept: KeptSeed): KeptSeed;
  /** The signed head, as it was written. */
  readHead(): string | undefined;
  /** Writes the signed head; it is durable when this settles. */
  writeHead(note: string): Promise<void>;
}

/** The files of a node; makes their folder, for its owner only, if it is not there. */
export function openNodeFiles(dataFolder: string, node: string): NodeFiles {
  const folder = nodeFolder(dataFolder, node);
  const { seedPath, headPath } = nodeFiles(dataFolder, node);
  const nextPath = join(folder, "seed.new");

  function create(path: string): KeptSeed {
    ensureFolder(dataFolder);
    ensurePrivateFolder(folder);
    const seed = randomBytes(seedBytes);
    writeFileAtomic(path, `${toHex(seed)}\n`, { mode: 0o600 });
    return { path, seed };
  }

  return {
    folder,
    seedPath,
    headPath,
    seeds() {
      if (!exists(folder)) return [];
      // `seed` sorts before `seed.1` and `seed.new`.
      return listFolder(folder).filter((name) => seedName.test(name)).map((name) =>
        readSeed(join(folder, name))
      );
    },
    createSeed: () => create(seedPath),
    createNextSeed: () => create(nextPath),
    adoptSeed({ path, seed }) {
      if (path === seedPath) {
        remove(nextPath); // It was never in use.
        return { path, seed };
      }
      if (exists(seedPath)) rename(seedPath, join(folder, `seed.${freeNumber(folder)}`));
      rename(path, seedPath);
      return { path: seedPath, seed };
    },
    readHead: () => exists(headPath) ? readText(headPath, { bytesMax: 1_000_000 }) : undefined,
    async writeHead(note) {
      ensurePrivateFolder(folder);
      await writeFileAtomicLater(headPath, note, { mode: 0o600 });
    },
  };
}

/** Where a node keeps the seed in use and the head that was signed last. */
export function nodeFiles(
  dataFolder: string,
  node: string,
): { readonly seedPath: string; readonly headPath: string } {
  const folder = nodeFolder(dataFolder, node);
  return { seedPath: join(folder, "seed"), headPath: join(folder, "head") };
}

/** Where the files of a node are. */
export function nodeFolder(dataFolder: string, node: string): string {
  return join(dataFolder, "nodes", node);
}

function freeNumber(folder: string): number {
  let number = 1;
  while (exists(join(folder, `seed.${number}`))) number += 1;
  return number;
}

function readSeed(path: string): KeptSeed {
  const { mode = 0 } = inspectFile(path) ?? {};
  if (runtime.os !== "win32" && (mode & 0o077) !== 0) {
    throw new SealError({ code: "key_readable", path, mode: mode.toString(8) });
  }
  const [, hex = ""] = /^([0-9a-f]{64})\n?$/.exec(readText(path, { bytesMax: 1024 })) ?? [];
  if (hex === "") throw new SealError({ code: "key_damaged", path });
  return { path, seed: fromHex(hex, seedBytes) };
}
