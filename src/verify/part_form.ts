/**
 * What the parts of an entry must say by themselves: `docs/format/chain.md`,
 * "What the parts say". Layer 2.
 * @module
 */

import { isAddress } from "../address/mod.ts";
import type { Entry, PartRole } from "../chain/mod.ts";
import { isHashHex } from "../chain/mod.ts";
import {
  checkJsonText,
  CodecError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  memberOf,
  parseCanonical,
} from "../codec/mod.ts";

/** A part that is not in its form. */
export class PartFormError extends Error {
  override readonly name = "PartFormError";
  constructor(readonly wanted: string, readonly got: string) {
    super(`Cannot read the part: wanted ${wanted}, got ${got}`);
  }
}

/** What later rules need of a part. */
export interface SaidPart {
  readonly text: string;
  /** The value; only of parts that are canonical JSON. */
  readonly value?: JsonValue;
}

// An actor's JSON may be as deep as it likes: the reader keeps no stack of calls.
const jsonLimits = { bytesMax: Number.MAX_SAFE_INTEGER, depthMax: Number.MAX_SAFE_INTEGER };

/**
 * @param text of the part; undefined where its bytes are no text
 * @throws {PartFormError}
 */
export function readPart(entry: Entry, role: PartRole, text: string | undefined): SaidPart {
  if (text === undefined) throw new PartFormError(wantedOf(entry, role), "bytes that are not UTF-8");
  try {
    return read(entry, role, text);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new PartFormError(wantedOf(entry, role), error.message);
  }
}

function wantedOf(entry: Entry, role: PartRole): string {
  if (isActorJson(entry, role)) return "one JSON text";
  return canonicalRoles.has(role) || isNews(entry, role) ? "canonical JSON" : "text";
}

function isActorJson(entry: Entry, role: PartRole): boolean {
  if (role === "state" || role === "response") return true;
  if (role !== "body" || entry.kind === "call" || isNews(entry, role)) return false;
  // A refusal is the text of the error.
  return entry.kind !== "receive" || entry.outcome !== "refused";
}

function isNews(entry: Entry, role: PartRole): boolean {
  return role === "body" && entry.kind === "receive" && entry.type === "news";
}

const canonicalRoles: ReadonlySet<PartRole> = new Set([
  "about",
  "component",
  "manifest",
  "execution",
  "arguments",
  "result",
]);

function read(entry: Entry, role: PartRole, text: string): SaidPart {
  if (isActorJson(entry, role)) {
    checkJsonText(text, jsonLimits);
    return { text };
  }
  if (isNews(entry, role)) {
    const value = parseCanonical(text);
    checkNews(value, text);
    return { text, value };
  }
  if (!canonicalRoles.has(role)) return { text };
  const value = parseCanonical(text);
  switch (role) {
    case "arguments":
      if (!Array.isArray(value)) throw form("an array of arguments", text);
      if (entry.kind === "call" && entry.bodied && !value.includes(null)) {
        throw form("null in the place of the body", text);
      }
      break;
    case "result":
      if (entry.kind === "call" && entry.outcome === "returned") {
        if (!Array.isArray(value) || value.length > 1) throw form("[] or [value]", text);
      } else if (typeof value !== "string") throw form("the text of the error", text);
      break;
    default:
      if (!isJsonObject(value)) throw form("an object", text);
      checkMembers(role, value, text);
  }
  return { text, value };
}

const executionMembers = ["theater", "jco", "rewriter", "schedule", "replay", "engine", "runtime"];

function checkMembers(role: PartRole, object: JsonObject, text: string): void {
  switch (role) {
    case "about":
      if (typeof memberOf(object, "theater") !== "string") throw form("a string theater", text);
      return;
    case "component": {
      const source = memberOf(object, "source");
      if (!isHash(memberOf(object, "component"))) throw form("component, 64 hex digits", text);
      if (source !== undefined && !isHash(source)) throw form("source, 64 hex digits", text);
      return;
    }
    case "execution":
      for (const name of executionMembers) {
        const value = memberOf(object, name);
        if (typeof value === "string" || Number.isSafeInteger(value) && Number(value) >= 0) continue;
        throw form(`${name}, a string or an integer`, text);
      }
      return;
    default:
      return;
  }
}

function checkNews(value: JsonValue, text: string): void {
  const news = isJsonObject(value) ? memberOf(value, "news") : undefined;
  if (!Array.isArray(news) || news.length === 0) throw form("a list news", text);
  for (const item of news) {
    if (!isJsonObject(item)) throw form("objects in news", text);
    const [child, event, size] = [memberOf(item, "child"), memberOf(item, "event"), memberOf(item, "size")];
    if (typeof child !== "string" || !isAddress(child)) throw form("child, an address", text);
    if (typeof event !== "string" || !/^[a-z_]{1,64}$/.test(event)) throw form("event, a word", text);
    if (!isHash(memberOf(item, "head"))) throw form("head, 64 hex digits", text);
    if (typeof memberOf(item, "reason") !== "string") throw form("a string reason", text);
    if (!Number.isSafeInteger(size) || Number(size) < 1) throw form("size, an integer from 1 on", text);
  }
}

function isHash(value: JsonValue | undefined): boolean {
  return typeof value === "string" && isHashHex(value);
}

function form(wanted: string, text: string): PartFormError {
  return new PartFormError(wanted, text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
