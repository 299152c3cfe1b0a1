/**
 * Forges logs: says otherwise of one entry and makes all hashes anew, so that
 * nothing but a replay can tell.
 *
 * @module
 */

import { chainHash, commitPart } from "../../src/chain/mod.ts";
import { canonicalize, encodeUtf8, type JsonObject, parseCanonical, sha256Hex } from "../../src/codec/mod.ts";
import { openDatabase } from "../../src/platform/mod.ts";

/** What an entry should say instead. */
export interface Forgery {
  readonly address: string;
  readonly seq: number;
  /** Members of the entry. */
  readonly entry?: JsonObject;
  /** Texts of parts, by index. */
  readonly parts?: Readonly<Record<number, string>>;
  /** Whether the log keeps these texts; else it holds only commitments to them. */
  readonly kept?: boolean;
}

/** Forges one entry of the log at `path`; entries in other chains that name one of this chain are left as they are. */
export function forge(path: string, { address, seq, entry = {}, parts = {}, kept = true }: Forgery): void {
  const database = openDatabase(path);
  try {
    const id = database.prepare<{ id: number }>("SELECT id FROM actor WHERE address = ?").get(address)?.id ??
      -1;
    const rows = database.prepare<{ seq: number; entry: string; salts: Uint8Array }>(
      "SELECT seq, entry, salts FROM entry WHERE actor = ? AND seq >= ? ORDER BY seq",
    ).all(id, seq);
    const write = database.prepare("UPDATE entry SET entry = ? WHERE actor = ? AND seq = ?");
    let prev: string | undefined;
    for (const row of rows) {
      const said = parseCanonical(row.entry) as Record<string, JsonObject[string]> & { parts: string[] };
      const commitments = [...said.parts];
      if (row.seq === seq) {
        for (const [index, text] of Object.entries(parts)) {
          const at = Number(index);
          commitments[at] = commitPart(encodeUtf8(text), row.salts.subarray(16 * at, 16 * at + 16));
          if (!kept) continue;
          database.prepare(`UPDATE entry SET part_${at} = ? WHERE actor = ? AND seq = ?`)
            .run(encodeUtf8(text), id, seq);
        }
      }
      const text = canonicalize({
        ...said,
        ...(row.seq === seq && entry),
        ...(prev !== undefined && { prev }),
        parts: commitments,
      });
      prev = chainHash(text);
      write.run(text, id, row.seq);
    }
    if (prev !== undefined) database.prepare("UPDATE actor SET head = ? WHERE id = ?").run(prev, id);
  } finally {
    database.close();
  }
}

/** Puts a blob into the log; returns its SHA-256. */
export function addBlob(path: string, content: string | Uint8Array): string {
  const bytes = typeof content === "string" ? encodeUtf8(content) : content;
  const sha256 = sha256Hex(bytes);
  const database = openDatabase(path);
  database.prepare("INSERT OR IGNORE INTO blob (sha256, bytes) VALUES (?, ?)").run(sha256, bytes);
  database.close();
  return sha256;
}
