import {
  type Entry,
  type KeyframeReason,
  type PartRole,
  partRoles,
  type SuperviseEntry,
} from "../chain/mod.ts";
import type { StoredPart } from "../store/mod.ts";
import { printable } from "./printable.ts";
import { formatBytes, formatCount } from "./quantity.ts";

/** What an entry says, in words for one line; printable text without line breaks. */
export interface EntryWords {
  readonly what: string;
  /** What came in, or what was asked; may be empty. */
  readonly asked: string;
  /** What was answered; may be empty. */
  readonly answered: string;
  readonly facts: readonly string[];
  /** Something went wrong: a trap, a cut, a denied call. */
  readonly alarm: boolean;
}

/** Puts an entry and its parts into words. */
export function describeEntry(entry: Entry, parts: readonly StoredPart[]): EntryWords {
  const roles = partRoles(entry);
  const part = (role: PartRole) => describePart(parts[roles.indexOf(role)], role);
  const plain = { asked: "", answered: "", facts: [], alarm: false };
  switch (entry.kind) { // No default: a new kind fails to compile here.
    case "genesis":
      return {
        ...plain,
        what: entry.fork_origin === undefined ? "" : "fork",
        asked: `chain of ${entry.origin}`,
        facts: entry.fork_seq === undefined
          ? []
          : [`off entry ${formatCount(entry.fork_seq)} of ${entry.fork_origin}`],
      };
    case "keyframe":
      return {
        ...plain,
        what: `activation ${entry.activation} ${reasonWords(entry.reason)}`,
        facts: [`turn ${formatCount(entry.turn)}`, ...stateFact(parts[0])],
      };
    case "accept":
    case "receive":
      return {
        ...plain,
        what: entry.type === "init" || entry.type === "migrate"
          ? entry.type
          : `${senderWords(entry)} from ${entry.from}`,
        asked: part("body"),
        facts: [
          ...(entry.keyed ? [`key ${part("key")}`] : []),
          ...(entry.kind === "receive" ? [`turn ${formatCount(entry.turn)}`] : []),
        ],
      };
    case "call":
      return {
        ...plain,
        what: entry.outcome === "returned"
          ? shortFunction(entry.function)
          : `${shortFunction(entry.function)} ${entry.outcome}`,
        asked: entry.bodied
          // The body stands apart; among the arguments it is a null, and the last.
          ? stripBrackets(part("arguments")).replace(/null$/, () => part("body"))
          : stripBrackets(part("arguments")),
        answered: entry.function === scriptLoad
          ? sizeWords("script", parts[roles.indexOf("result")])
          : describeResult(part("result")),
        alarm: entry.outcome !== "returned",
      };
    case "return":
      return {
        ...plain,
        what: entry.outcome === "ok" ? "ok" : "refused",
        answered: entry.outcome === "err"
          ? part("error")
          : roles.includes("response")
          ? part("response")
          : "",
        facts: [
          ...(entry.deferred ? ["answers later"] : []),
          ...(entry.effects > 0 ? [effectWords(entry.effects, entry.outcome === "ok")] : []),
          ...(entry.outcome === "ok" ? stateFact(parts[0]) : []),
          `fuel ${formatCount(entry.fuel)}`,
        ],
      };
    case "trap":
      return {
        ...plain,
        what: entry.code.replaceAll("_", " "),
        asked: part("reason"),
        facts: [`fuel ${formatCount(entry.fuel)}`],
        alarm: true,
      };
    case "cut":
      return {
        ...plain,
        what: entry.reason,
        asked: part("detail"),
        facts: entry.fuel === undefined ? [] : [`fuel ${formatCount(entry.fuel)}`],
        alarm: true,
      };
    case "erase":
      return {
        ...plain,
        what: `${entry.roles.join(", ")} of ${formatCount(entry.target)}`,
        asked: part("reason"),
      };
    case "prune":
      return { ...plain, what: `before ${formatCount(entry.before)}`, asked: part("reason") };
    case "key":
      return { ...plain, what: "signs", asked: entry.key, facts: [`since ${formatCount(entry.since)}`] };
    case "incarnation":
      return {
        ...plain,
        what: `begins anew, incarnation ${formatCount(entry.incarnation)}`,
        facts: entry.cause_origin === undefined
          ? []
          : [`asked for by entry ${formatCount(entry.cause_seq ?? 0)} of its parent`],
      };
    case "supervise":
      return {
        ...plain,
        what: superviseWords(entry),
        asked: part("reason"),
        facts: [
          `by ${entry.by}`,
          `${formatCount(entry.restarts)} of ${formatCount(entry.intensity)} restarts`,
          ...(entry.delay_ms > 0 ? [`after ${formatCount(entry.delay_ms)} ms`] : []),
        ],
        alarm: entry.decision === "give_up",
      };
  }
}

/** The call whose result is the whole source of a script: `show` has it, a line need not. */
const scriptLoad = "theater:script/source@0.1.0#load";

function sizeWords(what: string, part: StoredPart | undefined): string {
  return part?.bytes === undefined
    ? describePart(part, "result")
    : `${what} of ${formatBytes(part.bytes.length)}`;
}

/** `interface.function` of an import's full name: `theater:actor/log@0.1.0#write` is `log.write`. */
export function shortFunction(name: string): string {
  const hash = name.indexOf("#");
  if (hash < 0) return name;
  const interfaceName = name.slice(0, hash).replace(/^.*\//, "").replace(/@.*$/, "");
  return `${interfaceName}.${name.slice(hash + 1)}`;
}

/** Why an activation began, as the rest of a sentence about it. */
export function reasonWords(reason: KeyframeReason): string {
  switch (reason) {
    case "start":
      return "starts";
    case "fork":
      return "goes on from a fork";
    case "wake":
      return "wakes up";
    case "recover":
      return "recovers";
    case "restart":
      return "restarts";
    case "upgrade":
      return "upgrades";
    case "renew":
      return "renews";
  }
}

function senderWords(entry: Extract<Entry, { kind: "accept" | "receive" }>): string {
  if (entry.kind === "accept") return entry.type;
  if (entry.type === "reply") return `${entry.outcome} to request ${entry.request}`;
  return entry.timer === undefined ? entry.type : `${entry.type} ${entry.timer}`;
}

/** What a supervisor decided, and why. */
function superviseWords({ decision, rule }: SuperviseEntry): string {
  switch (decision) {
    case "restart":
      return `restarted (${rule})`;
    case "stop":
      return `stopped (${rule})`;
    case "give_up":
      return "given up";
  }
}

function effectWords(effects: number, committed: boolean): string {
  return `${formatCount(effects)} ${effects === 1 ? "effect" : "effects"}${committed ? "" : " dropped"}`;
}

function stateFact(part: StoredPart | undefined): readonly string[] {
  return part?.bytes === undefined ? [] : [`state ${formatBytes(part.bytes.length)}`];
}

const decoder = new TextDecoder();

function describePart(part: StoredPart | undefined, role: PartRole): string {
  if (part === undefined) return "(missing)";
  if (part.bytes === undefined) return part.status === "derivable" ? "(by replay)" : `(${part.status})`;
  const text = decoder.decode(part.bytes);
  // JSON has no line break within a string, so this loses nothing.
  return printable(isJsonRole(role) ? text.replace(/\s*[\r\n]\s*/g, " ") : text);
}

/** Whether what stands in a part is JSON. */
export function isJsonRole(role: PartRole): boolean {
  return !["key", "error", "reason", "detail"].includes(role);
}

function stripBrackets(list: string): string {
  return list.startsWith("[") && list.endsWith("]") ? list.slice(1, -1) : list;
}

/** A function without result gives `[]`, a result that says only that it went well `[{"ok":null}]`. */
function describeResult(result: string): string {
  return result === '[{"ok":null}]' ? "ok" : stripBrackets(result);
}
