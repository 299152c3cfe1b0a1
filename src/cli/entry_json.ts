import { Buffer } from "node:buffer";
import { type PartRole, partRoles } from "../chain/mod.ts";
import type { StoredPart } from "../store/mod.ts";
import type { LoggedEntry } from "./logged_entry.ts";

/** One part of an entry as `--json` shows it. */
export interface PartJson {
  readonly role: PartRole;
  readonly status: StoredPart["status"] | "missing";
  /** As in the entry, 64 hex digits. */
  readonly commitment: string;
  /** 32 hex digits. */
  readonly salt?: string;
  /** What was said, where it is UTF-8. */
  readonly text?: string;
  /** What was said, where it is not. */
  readonly base64?: string;
}

/** An entry as one line of JSON; the member `entry` is the canonical text itself. */
export function formatEntryJson(logged: LoggedEntry): string {
  const { address, entry, text } = logged;
  const head = JSON.stringify({ actor: address, seq: entry.seq, hash: logged.hash() });
  return `${head.slice(0, -1)},"entry":${text},"parts":${JSON.stringify(partsJson(logged))}}\n`;
}

/** The parts of an entry, in order. */
export function partsJson(logged: LoggedEntry): readonly PartJson[] {
  const { entry } = logged;
  const parts = logged.parts();
  return partRoles(entry).map((role, position) => {
    const part = parts[position];
    return {
      role,
      status: part?.status ?? "missing",
      commitment: entry.parts[position] ?? "",
      ...(part?.salt === undefined ? {} : { salt: Buffer.from(part.salt).toString("hex") }),
      ...(part?.bytes === undefined ? {} : bytesJson(part.bytes)),
    };
  });
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function bytesJson(bytes: Uint8Array): { readonly text: string } | { readonly base64: string } {
  try {
    return { text: strict.decode(bytes) };
  } catch {
    return { base64: Buffer.from(bytes).toString("base64") };
  }
}
