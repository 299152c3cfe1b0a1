/**
 * The reader of policies.
 *
 * Outside of keys the format knows octets only. So each octet is one character
 * here, U+0000 to U+00FF, and two names are the same only if their octets are.
 *
 * Layer 1.
 * @module
 */

import { Buffer } from "node:buffer";
import { toHex } from "../codec/mod.ts";
import { NoteError } from "./note_error.ts";
import type { Policy, PolicyLog, PolicyMember, PolicyWitness } from "./policy.ts";
import { readBytes, readText, shorten, syntax } from "./text.ts";
import { type KeyType, parseVerifierKey, type VerifierKey } from "./verifier_key.ts";

/** Largest policy in bytes. */
export const policyBytesMax = 262_144;
/** Most logs, most witnesses, and most groups. The standard asks for 32 of each. */
export const policyLinesMax = 256;

/** Text with one character for each octet. */
type Octets = string & { readonly __brand: "Octets" };

/** A line that says something: its words, and where it stands. */
interface Line {
  readonly number: number;
  readonly text: Octets;
  readonly words: readonly Octets[];
}

/** What the lines so far have said. */
interface Draft {
  readonly logs: PolicyLog[];
  readonly witnesses: PolicyWitness[];
  readonly groups: PolicyMember[];
  readonly names: Map<Octets, PolicyMember>;
  /** Who is in a group: nobody counts twice. */
  readonly grouped: Set<PolicyMember>;
  quorum: PolicyMember | "none" | undefined;
}

/**
 * Reads a policy. Every line ends with a newline, the last one too, so that a
 * policy that was cut off is refused.
 *
 * @throws {NoteError} `too_large`, `too_many`, `control_character`, `syntax`, what `parseVerifierKey` throws, or
 * one of the codes that begin with `policy_`.
 */
export function parsePolicy(input: string | Uint8Array): Policy {
  const lines = readOctets(input).split("\n") as Octets[];
  const last = lines.pop() ?? "" as Octets;
  if (last !== "") {
    throw syntax("policy", lines.length + 1, "a newline at the end of the last line", show(last));
  }

  const draft: Draft = {
    logs: [],
    witnesses: [],
    groups: [],
    names: new Map(),
    grouped: new Set(),
    quorum: undefined,
  };
  for (const [at, text] of lines.entries()) {
    const [keyword, ...words] = text.split(/[ \t]+/).filter((word) => word !== "") as Octets[];
    if (keyword === undefined || keyword.startsWith("#")) continue;
    readLine(draft, keyword, { number: at + 1, text, words });
  }
  const { logs, witnesses, quorum } = draft;
  if (quorum === undefined) throw new NoteError({ code: "policy_quorum", got: "none" });
  return { logs, witnesses, quorum };
}

function readLine(draft: Draft, keyword: string, line: Line): void {
  switch (keyword) {
    case "log":
      return readLog(draft, line);
    case "witness":
      return readWitness(draft, line);
    case "group":
      return readGroup(draft, line);
    case "quorum":
      return readQuorum(draft, line);
    default: // Not a union of ours: any word can stand here.
      throw wanted(line, "log, witness, group, quorum or a comment");
  }
}

function readLog(draft: Draft, line: Line): void {
  const [vkey, url, ...more] = line.words;
  if (vkey === undefined || more.length > 0) throw wanted(line, "log <vkey> [<url>]");
  const key = readKey(line, vkey, ["ed25519", "cosignature"], draft.logs);
  draft.logs.push({ key, ...urlOf(url) });
  limit(draft.logs, "logs");
}

function readWitness(draft: Draft, line: Line): void {
  const [name, vkey, url, ...more] = line.words;
  if (name === undefined || vkey === undefined || more.length > 0) {
    throw wanted(line, "witness <name> <vkey> [<url>]");
  }
  const key = readKey(line, vkey, ["cosignature"], draft.witnesses);
  const witness = { kind: "witness", name: show(name), key, ...urlOf(url) } as const;
  define(draft, line, name, witness);
  draft.witnesses.push(witness);
  limit(draft.witnesses, "witnesses");
}

function readGroup(draft: Draft, line: Line): void {
  const [name, threshold, ...listed] = line.words;
  if (name === undefined || threshold === undefined || listed.length === 0) {
    throw wanted(line, "group <name> all|any|<k> <name>...");
  }
  const members = listed.map((each) => {
    const member = find(draft, line, each);
    if (draft.grouped.has(member)) {
      throw new NoteError({ code: "policy_member_taken", line: line.number, name: shorten(show(each)) });
    }
    draft.grouped.add(member);
    return member;
  });
  const group = {
    kind: "group",
    name: show(name),
    threshold: readThreshold(line, threshold, members.length),
    members,
  } as const;
  define(draft, line, name, group);
  draft.groups.push(group);
  limit(draft.groups, "groups");
}

function readQuorum(draft: Draft, line: Line): void {
  const [name, ...more] = line.words;
  if (name === undefined || more.length > 0) throw wanted(line, "quorum <name>");
  if (draft.quorum !== undefined) {
    throw new NoteError({ code: "policy_quorum", got: `another one at line ${line.number}` });
  }
  draft.quorum = name === "none" ? "none" : find(draft, line, name);
}

function define(draft: Draft, line: Line, name: Octets, member: PolicyMember): void {
  if (name === "none" || draft.names.has(name)) {
    throw new NoteError({ code: "policy_name_taken", line: line.number, name: shorten(show(name)) });
  }
  draft.names.set(name, member);
}

function find(draft: Draft, line: Line, name: Octets): PolicyMember {
  const member = draft.names.get(name);
  if (member === undefined) {
    throw new NoteError({ code: "policy_name_unknown", line: line.number, name: shorten(show(name)) });
  }
  return member;
}

function readKey(
  line: Line,
  vkey: Octets,
  types: readonly KeyType[],
  others: readonly { readonly key: VerifierKey }[],
): VerifierKey {
  const key = parseVerifierKey(readText("verifier key", octetsOf(vkey), policyBytesMax));
  if (!types.includes(key.type)) throw wanted(line, `a key of type ${types.join(" or ")}`);
  const publicKey = toHex(key.publicKey);
  if (others.some((other) => toHex(other.key.publicKey) === publicKey)) {
    throw new NoteError({ code: "policy_key_taken", line: line.number, name: shorten(key.name) });
  }
  return key;
}

function readThreshold(line: Line, text: Octets, members: number): number {
  if (text === "all") return members;
  if (text === "any") return 1;
  const threshold = /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : 0;
  if (threshold >= 1 && threshold <= members) return threshold;
  throw new NoteError({ code: "policy_threshold", line: line.number, members, got: shorten(show(text)) });
}

function limit(list: readonly unknown[], what: string): void {
  if (list.length <= policyLinesMax) return;
  const wanted = `at most ${policyLinesMax} ${what}`;
  throw new NoteError({ code: "too_many", what: "policy", wanted, got: list.length });
}

function wanted(line: Line, wanted: string): NoteError {
  return syntax("policy", line.number, wanted, show(line.text));
}

function urlOf(url: Octets | undefined): { url?: string } {
  return url === undefined ? {} : { url: show(url) };
}

function readOctets(input: string | Uint8Array): Octets {
  const bytes = readBytes("policy", input, policyBytesMax);
  const control = bytes.findIndex((octet) => {
    return (octet < 0x20 && octet !== 0x09 && octet !== 0x0a) || octet === 0x7f;
  });
  if (control >= 0) {
    const got = `the octet 0x${toHex(bytes.subarray(control, control + 1))}`;
    throw new NoteError({ code: "control_character", what: "policy", got, offset: control });
  }
  return Buffer.from(bytes).toString("latin1") as Octets;
}

function octetsOf(text: Octets): Uint8Array {
  return Buffer.from(text, "latin1");
}

const lossyDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What people see: read as UTF-8, whether it is or not. */
function show(text: Octets): string {
  return lossyDecoder.decode(octetsOf(text));
}
