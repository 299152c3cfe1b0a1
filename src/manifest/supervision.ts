import {
  type AutoShutdown,
  type ChildPolicy,
  DEFAULT_POLICY,
  DEFAULT_SUPERVISOR,
  type OnRestart,
  type Restart,
  type Strategy,
  type Supervisor,
} from "../supervision/mod.ts";
import {
  find,
  type Reading,
  readString,
  refuseUnknownKeys,
  reportType,
  reportValue,
} from "./table_reader.ts";

/** The fields that the keys of `[supervisor]` set. */
export const SUPERVISOR_FIELDS = {
  strategy: "strategy",
  intensity: "intensity",
  period_ms: "periodMs",
  backoff_ms: "backoffMs",
  backoff_max_ms: "backoffMaxMs",
  auto_shutdown: "autoShutdown",
  news: "news",
} as const satisfies Readonly<Record<string, keyof Supervisor>>;

/** Keys of `[supervisor]`. */
export const SUPERVISOR_KEYS: readonly string[] = Object.keys(SUPERVISOR_FIELDS);

/** Keys of a `[[child]]` beside those of its manifest. */
export const POLICY_KEYS = ["restart", "shutdown_ms", "significant", "on_restart"] as const;

/** A hundred years would not fit a timer of the runtimes; a day is more than anybody waits. */
const dayMs = 86_400_000;

/** Reads `[supervisor]`; what is not set has its default. */
export function readSupervisor(reading: Reading): Supervisor {
  refuseUnknownKeys(reading, SUPERVISOR_KEYS);
  const strategies: readonly Strategy[] = ["one_for_one", "one_for_all", "rest_for_one"];
  const shutdowns: readonly AutoShutdown[] = ["never", "any_significant", "all_significant"];
  const supervisor = DEFAULT_SUPERVISOR;
  return {
    strategy: readChoice(reading, "strategy", strategies) ?? supervisor.strategy,
    intensity: readInteger(reading, "intensity", 0, 1_000_000) ?? supervisor.intensity,
    periodMs: readInteger(reading, "period_ms", 1, dayMs) ?? supervisor.periodMs,
    backoffMs: readInteger(reading, "backoff_ms", 0, dayMs) ?? supervisor.backoffMs,
    backoffMaxMs: readInteger(reading, "backoff_max_ms", 0, dayMs) ?? supervisor.backoffMaxMs,
    autoShutdown: readChoice(reading, "auto_shutdown", shutdowns) ?? supervisor.autoShutdown,
    news: readSwitch(reading, "news") ?? supervisor.news,
  };
}

/** Reads the keys of a `[[child]]` that say how it is supervised. */
export function readPolicy(reading: Reading): ChildPolicy {
  const restarts: readonly Restart[] = ["permanent", "transient", "temporary"];
  const modes: readonly OnRestart[] = ["keep", "fresh"];
  const policy = DEFAULT_POLICY;
  const restart = readChoice(reading, "restart", restarts) ?? policy.restart;
  const significantAt = find(reading, "significant");
  const significant = readSwitch(reading, "significant");
  // As in OTP: a permanent child never ends for good, so its end cannot be told to end its parent.
  if (significantAt !== undefined && significant === true && restart === "permanent") {
    reportValue(reading.findings, significantAt, 'false, as restart is "permanent"');
  }
  return {
    restart,
    shutdownMs: readInteger(reading, "shutdown_ms", 0, dayMs) ?? policy.shutdownMs,
    significant: significant ?? policy.significant,
    onRestart: readChoice(reading, "on_restart", modes) ?? policy.onRestart,
  };
}

function readChoice<T extends string>(reading: Reading, key: string, choices: readonly T[]): T | undefined {
  const found = find(reading, key);
  if (found === undefined) return undefined;
  const wanted = choices.map((choice) => `"${choice}"`).join(", ").replace(/, ([^,]*)$/, " or $1");
  const text = readString(reading.findings, found, wanted);
  const chosen = choices.find((choice) => choice === text);
  if (text !== undefined && chosen === undefined) reportValue(reading.findings, found, wanted);
  return chosen;
}

function readSwitch(reading: Reading, key: string): boolean | undefined {
  const found = find(reading, key);
  if (found === undefined) return undefined;
  if (found.value.kind === "boolean") return found.value.value;
  reportType(reading.findings, found, "true or false");
  return undefined;
}

function readInteger(reading: Reading, key: string, min: number, max: number): number | undefined {
  const found = find(reading, key);
  if (found === undefined) return undefined;
  const wanted = `${min} to ${max}`;
  if (found.value.kind !== "integer") {
    reportType(reading.findings, found, `${wanted}, as an integer`);
    return undefined;
  }
  if (found.value.value >= min && found.value.value <= max) return Number(found.value.value);
  reportValue(reading.findings, found, wanted);
  return undefined;
}
