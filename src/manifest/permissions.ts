import { coveredByAny, patternReason } from "../address/mod.ts";
import { type Findings, report } from "./problem.ts";
import {
  find,
  type Found,
  type Reading,
  readItems,
  readString,
  refuseUnknownKeys,
  reportType,
  reportValue,
} from "./table_reader.ts";

/** What an actor may do. Everything else is refused. */
export interface Permissions {
  /** Write lines to the log. */
  readonly log: boolean;
  /** Ask the time. */
  readonly clock: boolean;
  /** Ask for random bytes. */
  readonly random: boolean;
  /** Set timers. */
  readonly timers: boolean;
  /** Variables of the host's environment that may be read; sorted. */
  readonly environment: readonly string[];
  /** Patterns of addresses that may be sent to; sorted. */
  readonly send: readonly string[];
}

/** What holds where a manifest says nothing: nothing may be done. */
export const NO_PERMISSIONS: Permissions = {
  log: false,
  clock: false,
  random: false,
  timers: false,
  environment: [],
  send: [],
};

const SWITCHES = ["log", "clock", "random", "timers"] as const;

/** The keys of `[permissions]`. */
export const PERMISSION_KEYS: readonly string[] = [...SWITCHES, "environment", "send"];

/** Reads `[permissions]`. */
export function readPermissions(reading: Reading): Permissions {
  const { findings } = reading;
  refuseUnknownKeys(reading, PERMISSION_KEYS);
  const permissions = { ...NO_PERMISSIONS };
  for (const name of SWITCHES) {
    const found = find(reading, name);
    if (found?.value.kind === "boolean") permissions[name] = found.value.value;
    else if (found !== undefined) reportType(findings, found, "true or false");
  }
  const environment = find(reading, "environment");
  if (environment !== undefined) permissions.environment = readNames(findings, environment);
  const send = find(reading, "send");
  if (send !== undefined) permissions.send = readPatterns(findings, send);
  return permissions;
}

function readNames(findings: Findings, found: Found): readonly string[] {
  const wanted = 'an array of names of variables, such as ["LANG"]';
  return readDistinct(
    findings,
    readItems(findings, found, wanted),
    "the name of a variable",
    (name, item) => {
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return true;
      reportValue(findings, item, "the name of a variable: letters, digits and underscores, no digit first");
      return false;
    },
  );
}

function readPatterns(findings: Findings, found: Found): readonly string[] {
  const wanted = 'an array of addresses, such as ["bank", "bank/*"]';
  return readDistinct(findings, readItems(findings, found, wanted), "an address", (pattern, item) => {
    const reason = patternReason(pattern);
    if (reason === undefined) return true;
    reportValue(findings, item, reason.wanted, reason.got);
    return false;
  });
}

/** Strings that pass, sorted: the order of a grant means nothing, so it must not change what is recorded. */
function readDistinct(
  findings: Findings,
  items: readonly Found[],
  wanted: string,
  passes: (text: string, item: Found) => boolean,
): readonly string[] {
  const texts = new Set<string>();
  for (const item of items) {
    const text = readString(findings, item, wanted);
    if (text === undefined || !passes(text, item)) continue;
    if (texts.has(text)) reportValue(findings, item, "each one once", `${JSON.stringify(text)} again`);
    texts.add(text);
  }
  return [...texts].sort();
}

/** One thing that a child asks for and its parent does not have. */
export interface Excess {
  /** A key of `[permissions]`. */
  readonly key: string;
  /** The variable or pattern that is too much; none for a switch. */
  readonly item?: string;
}

/** What `child` asks for beyond `parent`; empty where it is a subset. */
export function excessPermissions(parent: Permissions, child: Permissions): readonly Excess[] {
  return [
    ...SWITCHES.filter((key) => child[key] && !parent[key]).map((key) => ({ key })),
    ...child.environment.filter((name) => !parent.environment.includes(name))
      .map((item) => ({ key: "environment", item })),
    ...child.send.filter((pattern) => !coveredByAny(parent.send, pattern)).map((item) => ({
      key: "send",
      item,
    })),
  ];
}

/** Reports each excess where the child's manifest asks for it. */
export function reportExcess(
  reading: Reading,
  child: string,
  parent: string,
  excess: readonly Excess[],
): void {
  for (const { key, item } of excess) {
    const found = find(reading, key);
    if (found === undefined) continue;
    const items = found.value.kind === "array" ? found.value.items : [];
    const at = items.find((each) => each.kind === "string" && each.value === item)?.at ?? found.value.at;
    report(reading.findings, {
      code: "excess_permission",
      at,
      path: found.path,
      ...describeExcess(key, item, child, parent),
    });
  }
}

/** The words for one excess. */
export function describeExcess(key: string, item: string | undefined, child: string, parent: string) {
  const what = item === undefined ? `${key} = true` : `${key} = [${JSON.stringify(item)}]`;
  return {
    cannot: `grant ${what} to "${child}"`,
    wanted: `at most what its parent "${parent}" may do`,
    got: "more",
    hint: `grant it to "${parent}" too, or take it away here`,
  };
}
