import {
  find,
  type Found,
  type Reading,
  refuseUnknownKeys,
  reportType,
  reportValue,
} from "./table_reader.ts";
import type { Findings } from "./problem.ts";

/** What an actor may use. Defaults in {@linkcode DEFAULT_LIMITS}. */
export interface Limits {
  /** Longest turn, in milliseconds of wall clock. */
  readonly turnMs: number;
  /** Fuel of one turn, in units of the schedule: what it computes, the same on every machine. */
  readonly fuelUnits: number;
  /** Linear memory of the component, in bytes. */
  readonly memoryBytes: number;
  /** Depth of calls within the component, in units: an instrumented function takes one or more. */
  readonly stackUnits: number;
  /** Longest message and longest response, in bytes of UTF-8. */
  readonly messageBytes: number;
  /** Longest state, in bytes of UTF-8. */
  readonly stateBytes: number;
  /** Messages that may wait. */
  readonly mailboxMessages: number;
  /** Own timers and requests that may wait, and as many own messages that came back. */
  readonly pendingMessages: number;
  /** After so long without a message it sleeps: gives up its worker until the next one comes. */
  readonly idleMs: number;
  /** Children that may live at a time. */
  readonly children: number;
  /** Size of the component file, in bytes. */
  readonly componentBytes: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** What holds where a manifest says nothing. */
export const DEFAULT_LIMITS: Limits = {
  turnMs: 5000,
  fuelUnits: 1_000_000_000_000, // Minutes of any code; what waits, or takes longer than it may, meets the deadline first.
  memoryBytes: 64 * MIB,
  stackUnits: 64_000,
  messageBytes: MIB,
  stateBytes: 16 * MIB,
  mailboxMessages: 1024,
  pendingMessages: 1024,
  idleMs: 60_000,
  children: 64,
  componentBytes: 64 * MIB,
};

/** One key of `[limits]`: the field it sets, and its range, both ends included. */
interface LimitKey {
  readonly field: keyof Limits;
  readonly unit: "bytes" | "milliseconds" | "units" | "messages" | "children";
  readonly min: number;
  readonly max: number;
}

/** The keys of `[limits]`. */
export const LIMIT_KEYS: Readonly<Record<string, LimitKey>> = {
  turn_ms: { field: "turnMs", unit: "milliseconds", min: 1, max: 3_600_000 },
  fuel: { field: "fuelUnits", unit: "units", min: 1000, max: 1_000_000_000_000_000 },
  memory: { field: "memoryBytes", unit: "bytes", min: 64 * KIB, max: GIB }, // From one WebAssembly page.
  stack: { field: "stackUnits", unit: "units", min: 100, max: 96_000 }, // More overflows the engines' own stacks.
  message: { field: "messageBytes", unit: "bytes", min: 64, max: 64 * MIB },
  state: { field: "stateBytes", unit: "bytes", min: 64, max: 256 * MIB },
  mailbox: { field: "mailboxMessages", unit: "messages", min: 1, max: 1_000_000 },
  pending: { field: "pendingMessages", unit: "messages", min: 1, max: 1_000_000 },
  idle_ms: { field: "idleMs", unit: "milliseconds", min: 1, max: 31_536_000_000 }, // A year: never, for most.
  children: { field: "children", unit: "children", min: 0, max: 10_000 },
  component: { field: "componentBytes", unit: "bytes", min: KIB, max: 256 * MIB },
};

const SIZE_UNITS: Readonly<Record<string, number>> = { KiB: KIB, MiB: MIB, GiB: GIB };

/** Reads `[limits]`; what is not set has its default. */
export function readLimits(reading: Reading): Limits {
  refuseUnknownKeys(reading, Object.keys(LIMIT_KEYS));
  const limits: Record<keyof Limits, number> = { ...DEFAULT_LIMITS };
  for (const [name, key] of Object.entries(LIMIT_KEYS)) {
    const found = find(reading, name);
    const value = found === undefined ? undefined : readLimit(reading.findings, found, key);
    if (value !== undefined) limits[key.field] = value;
  }
  return limits;
}

function readLimit(findings: Findings, found: Found, key: LimitKey): number | undefined {
  const isSize = key.unit === "bytes";
  const number = isSize
    ? readSize(found.value)
    : found.value.kind === "integer"
    ? found.value.value
    : undefined;
  const wanted = `${showLimit(key.min, key)} to ${showLimit(key.max, key)}${isSize ? "" : ` ${key.unit}`}`;
  if (number === undefined) {
    const form = isSize ? ', as an integer of bytes or a string such as "64MiB"' : ", as an integer";
    reportType(findings, found, wanted + form);
    return undefined;
  }
  if (number < key.min || number > key.max) {
    reportValue(findings, found, wanted);
    return undefined;
  }
  return Number(number);
}

/** Bytes, from `65536` or `"64KiB"`. */
function readSize(value: Found["value"]): bigint | undefined {
  if (value.kind === "integer") return value.value;
  const match = value.kind === "string" ? /^([0-9]{1,12}) ?(KiB|MiB|GiB)$/.exec(value.value) : null;
  const unit = SIZE_UNITS[match?.[2] ?? ""];
  return match === null || unit === undefined ? undefined : BigInt(match[1] ?? "") * BigInt(unit);
}

function showLimit(value: number, key: LimitKey): string {
  if (key.unit !== "bytes") return String(value);
  for (const [name, size] of [["GiB", GIB], ["MiB", MIB], ["KiB", KIB]] as const) {
    if (value >= size && value % size === 0) return `${value / size}${name}`;
  }
  return `${value} bytes`;
}
