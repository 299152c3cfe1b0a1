import { formatOrigin, OUTSIDE, segmentReason } from "../address/mod.ts";
import { appendEntry } from "../chain/mod.ts";
import { encodeUtf8 } from "../codec/mod.ts";
import type { LogReader, StoredPart, Write } from "../store/mod.ts";
import { ForkError } from "./fork_error.ts";
import type { ForkPoint } from "./fork_point.ts";

/** What a fork is to be. */
export interface ForkRequest {
  /** Its address: one segment. */
  readonly name: string;
  readonly point: ForkPoint;
  /** Its public key, 64 hex digits; absent where nothing is sealed. */
  readonly key?: string;
  /** The proof of where it comes from, as `makeLineage` of the proof room makes it. */
  readonly lineage?: string;
  /** Part `about` of the genesis, canonical JSON, and its salt. */
  readonly about: string;
  readonly aboutSalt: Uint8Array;
  readonly nowMs: number;
}

/**
 * What makes a fork in a log: its genesis, where it comes from, and nothing else.
 *
 * @throws {ForkError} `bad_name`, `name_taken`, `bundle`
 */
export function forkWrites(target: LogReader, request: ForkRequest): readonly Write[] {
  const { name, point, key, lineage, about, aboutSalt, nowMs } = request;
  checkForkName(target, name);
  const parts: readonly StoredPart[] = [
    { status: "present", salt: aboutSalt, bytes: encodeUtf8(about) },
    { status: "present", salt: point.salt, bytes: encodeUtf8(point.state) },
  ];
  const origin = formatOrigin(target.node, name);
  const { text, hash } = appendEntry(
    undefined,
    {
      kind: "genesis",
      time: nowMs,
      origin,
      ...(key !== undefined && { key }),
      fork_origin: point.origin,
      fork_seq: point.seq,
      fork_entry: point.entry,
      fork_root: point.root,
    },
    [{ bytes: encodeUtf8(about), salt: aboutSalt }, { bytes: encodeUtf8(point.state), salt: point.salt }],
  );
  return [
    { write: "create", address: name, origin },
    { write: "append", address: name, seq: 0, text, hash, parts },
    ...(lineage === undefined ? [] : [{ write: "lineage" as const, address: name, proof: lineage }]),
    { write: "status", address: name, status: "resting" },
  ];
}

/** Refuses a name that no fork in this log can have. @throws {ForkError} `bad_name`, `name_taken`, `bundle` */
export function checkForkName(target: LogReader, name: string): void {
  if (target.kind === "bundle") throw new ForkError({ code: "bundle", name });
  const detail = name.includes("/")
    ? "wanted one segment, as a fork has no parent to be a child of"
    : name === OUTSIDE
    ? "it stands for the world outside"
    : segmentFault(name);
  if (detail !== undefined) throw new ForkError({ code: "bad_name", name, detail });
  if (target.actor(name) !== undefined) {
    throw new ForkError({ code: "name_taken", name, node: target.node });
  }
}

function segmentFault(name: string): string | undefined {
  const reason = segmentReason(name);
  return reason && `wanted ${reason.wanted}, got ${reason.got}`;
}
