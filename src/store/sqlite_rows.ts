import type { SqlRow } from "../platform/mod.ts";
import { saltBytes } from "./plan_commit.ts";
import type {
  ActorRow,
  ActorStatus,
  MailRow,
  PartStatus,
  RequestRow,
  RestartRow,
  StoredCause,
  StoredOutcome,
  StoredPart,
  TimerRow,
} from "./store.ts";

// Rows as SQL gives them. The CHECKs of the schema and its comparison at
// opening are what lets the types below be believed.

export interface ActorSqlRow extends SqlRow {
  readonly id: number;
  readonly address: string;
  readonly origin: string;
  readonly size: number;
  readonly head: string;
  readonly turns: number;
  readonly activations: number;
  readonly bytes: number;
  readonly status: ActorStatus;
}

export interface PartsSqlRow extends SqlRow {
  readonly status: string;
  readonly salts: Uint8Array;
  readonly part_0: Uint8Array | null;
  readonly part_1: Uint8Array | null;
  readonly part_2: Uint8Array | null;
  readonly part_3: Uint8Array | null;
}

export interface EntrySqlRow extends SqlRow {
  readonly seq: number;
  readonly entry: string;
}

export type RecordSqlRow = EntrySqlRow & PartsSqlRow;

export interface SealSqlRow extends SqlRow {
  readonly seq: number;
  readonly address: string;
  readonly size: number;
  readonly root: string;
}

export interface HashSqlRow extends SqlRow {
  readonly seq: number;
  readonly hash: string;
}

export interface RequestSqlRow extends CauseSqlRow {
  readonly address: string;
  readonly request: string;
  readonly due_ms: number;
  readonly callee: string;
}

export interface RestartSqlRow extends SqlRow {
  readonly supervisor: string;
  readonly child: string;
  readonly time_ms: number;
}

interface CauseSqlRow extends SqlRow {
  readonly cause_origin: string;
  readonly cause_seq: number;
  readonly cause: string;
}

export interface MailSqlRow extends SqlRow {
  readonly cause_origin: string | null;
  readonly cause_seq: number | null;
  readonly cause: string | null;
  readonly position: number;
  readonly type: MailRow["type"];
  readonly sender: string;
  readonly body: Uint8Array;
  readonly salt: Uint8Array;
  readonly key: Uint8Array | null;
  readonly key_salt: Uint8Array | null;
  readonly timer: string | null;
  /** Not in logs of version 2, nor is the next. */
  readonly request?: string | null;
  readonly outcome?: StoredOutcome | null;
}

export interface TimerSqlRow extends CauseSqlRow {
  readonly address: string;
  readonly timer: string;
  readonly due_ms: number;
  readonly body: Uint8Array;
  readonly salt: Uint8Array;
}

const letters: Readonly<Record<PartStatus, string>> = {
  present: "p",
  derivable: "d",
  withheld: "w",
  erased: "e",
  pruned: "x",
};

const statuses = new Map<string, PartStatus>(
  (Object.entries(letters) as [PartStatus, string][]).map(([status, letter]) => [letter, status]),
);

/** The columns `status`, `salts` and `part_0` to `part_3` of an entry. */
export type PartColumns = readonly [
  status: string,
  salts: Uint8Array,
  ...parts: [Uint8Array | null, Uint8Array | null, Uint8Array | null, Uint8Array | null],
];

export function toPartColumns(parts: readonly StoredPart[]): PartColumns {
  const salts = new Uint8Array(parts.length * saltBytes);
  let status = "";
  let at = 0;
  for (const part of parts) {
    status += letters[part.status];
    if (part.salt !== undefined) salts.set(part.salt, at);
    at += saltBytes;
  }
  const [first, second, third, fourth] = parts;
  return [
    status,
    salts,
    first?.bytes ?? null,
    second?.bytes ?? null,
    third?.bytes ?? null,
    fourth?.bytes ?? null,
  ];
}

export function toParts(row: PartsSqlRow): StoredPart[] {
  const bytes = [row.part_0, row.part_1, row.part_2, row.part_3];
  return Array.from(row.status, (letter, i): StoredPart => {
    const status = statuses.get(letter);
    if (status === undefined) {
      throw new TypeError(`Cannot read a part: wanted a letter of pdwex, got ${letter}`);
    }
    const part = bytes[i] ?? undefined;
    if (status !== "present" && status !== "derivable") return { status };
    const salt = row.salts.slice(i * saltBytes, (i + 1) * saltBytes);
    return part === undefined ? { status, salt } : { status, salt, bytes: part };
  });
}

export function toActorRow(row: ActorSqlRow): ActorRow {
  const { address, origin, size, head, turns, activations, bytes, status } = row;
  return { address, origin, size, head, turns, activations, bytes, status };
}

function toCause(row: CauseSqlRow): StoredCause {
  return { origin: row.cause_origin, seq: row.cause_seq, hash: row.cause };
}

export function toMailRow(row: MailSqlRow): MailRow {
  const { position, type, sender, body, salt, key, key_salt, timer, request, outcome } = row;
  const { cause_origin: origin, cause_seq: seq, cause: hash } = row;
  return {
    position,
    type,
    from: sender,
    body,
    salt,
    ...(origin === null || seq === null || hash === null ? {} : { cause: { origin, seq, hash } }),
    ...(key === null || key_salt === null ? {} : { key: { bytes: key, salt: key_salt } }),
    ...(timer === null ? {} : { timer }),
    ...(request == null || outcome == null ? {} : { reply: { request, outcome } }),
  };
}

export function toRequestRow(row: RequestSqlRow): RequestRow {
  const { address, request, callee, due_ms } = row;
  return { address, request, to: callee, dueMs: due_ms, cause: toCause(row) };
}

export function toRestartRow({ supervisor, child, time_ms }: RestartSqlRow): RestartRow {
  return { supervisor, child, timeMs: time_ms };
}

export function toTimerRow(row: TimerSqlRow): TimerRow {
  const { address, timer, due_ms, body, salt } = row;
  return { address, timer, dueMs: due_ms, body, salt, cause: toCause(row) };
}
