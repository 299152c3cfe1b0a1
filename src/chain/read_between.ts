import { addressOf, NODE_ADDRESS, OUTSIDE } from "../address/mod.ts";
import { badValue, conflict, type Cursor, has, take, takeBoolean, takeCause, takeHash } from "./cursor.ts";
import { takeInteger, takeKind, takeOrigin, takeParts, takePlace, takeSender, takeString } from "./cursor.ts";
import { takeVersion, takeWord } from "./cursor.ts";
import type {
  AcceptedType,
  AcceptEntry,
  EraseEntry,
  GenesisEntry,
  IncarnationEntry,
  KeyEntry,
  PartRole,
  PruneEntry,
  SuperviseEntry,
  SupervisorDecision,
  SupervisorRule,
  SupervisorStrategy,
} from "./entry.ts";
import { partRoleNames } from "./part.ts";

const acceptedTypes: readonly AcceptedType[] = ["request", "send"];
const decisions: readonly SupervisorDecision[] = ["restart", "stop", "give_up"];
const rules: readonly SupervisorRule[] = ["crash", "sibling", "parent", "asked", "kept", "intensity"];
const strategies: readonly SupervisorStrategy[] = ["one_for_one", "one_for_all", "rest_for_one"];

const headPattern = /^([1-9][0-9]{0,15}) [0-9a-f]{64}$/;
/** An Ed25519 key: its type and 32 bytes are 44 characters of base64. */
const keyPattern = /^[\x21\x23-\x2a\x2c-\x5b\x5d-\x7e]{1,512}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/;

// Readers of the entries that stand between turns, save the keyframe and the receive. Layer 1.

/** @throws {ChainError} */
export function readGenesis(c: Cursor): GenesisEntry {
  const abandons = has(c, "abandons") ? takeHead(c) : undefined;
  const fork = {
    ...(has(c, "fork_entry") ? { fork_entry: takeHash(c, "fork_entry") } : undefined),
    ...(has(c, "fork_origin") ? { fork_origin: takeOrigin(c, "fork_origin") } : undefined),
    ...(has(c, "fork_root") ? { fork_root: takeHash(c, "fork_root") } : undefined),
    ...(has(c, "fork_seq") ? { fork_seq: takeInteger(c, "fork_seq") } : undefined),
  };
  const key = has(c, "key") ? takeHash(c, "key") : undefined;
  takeKind(c);
  const origin = takeOrigin(c, "origin");
  const parts = takeParts(c, Object.keys(fork).length === 0 ? 1 : 2);
  const { prev, seq, time } = takePlace(c);
  const v = takeVersion(c);
  if (abandons !== undefined && addressOf(origin) !== NODE_ADDRESS) {
    throw conflict("abandons", `none, as this is not the chain of ${NODE_ADDRESS}`, abandons);
  }
  checkFork(origin, fork);
  return {
    kind: "genesis",
    origin,
    parts,
    prev,
    seq,
    time,
    v,
    ...fork,
    ...(key === undefined ? undefined : { key }),
    ...(abandons === undefined ? undefined : { abandons }),
  };
}

const forkKeys = ["fork_entry", "fork_origin", "fork_root", "fork_seq"] as const;

/** A fork says all of where it comes from, and comes from the chain of another actor. */
function checkFork(origin: string, fork: Pick<GenesisEntry, (typeof forkKeys)[number]>): void {
  if (Object.keys(fork).length === 0) return;
  for (const key of forkKeys) {
    if (fork[key] === undefined) {
      throw conflict(key, "all of fork_entry, …_origin, …_root and …_seq", undefined);
    }
  }
  for (const each of [origin, fork.fork_origin ?? ""]) {
    if (addressOf(each) === NODE_ADDRESS) throw conflict("fork_origin", "the chain of an actor", each);
  }
  if (fork.fork_origin === origin) throw conflict("fork_origin", "another chain than this one", origin);
}

/** @throws {ChainError} */
export function readAccept(c: Cursor): AcceptEntry {
  const from = takeSender(c, "from");
  // Else a chain could be its own witness of what another actor sent.
  if (from !== OUTSIDE) {
    throw conflict("from", `${OUTSIDE}, as the chain of an actor says what it sent`, from);
  }
  const keyed = takeBoolean(c, "keyed");
  takeKind(c);
  const parts = takeParts(c, keyed ? 2 : 1);
  const { prev, seq, time } = takePlace(c);
  const type = takeWord(c, "type", acceptedTypes);
  return { from, keyed, kind: "accept", parts, prev, seq, time, type, v: takeVersion(c) };
}

/** @throws {ChainError} */
export function readErase(c: Cursor): EraseEntry {
  takeKind(c);
  const parts = takeParts(c, 1);
  const prev = takeHash(c, "prev");
  const roles = takeRoles(c);
  const seq = takeInteger(c, "seq");
  const target = takeInteger(c, "target");
  const time = takeInteger(c, "time");
  return { kind: "erase", parts, prev, roles, seq, target, time, v: takeVersion(c) };
}

/** @throws {ChainError} */
export function readPrune(c: Cursor): PruneEntry {
  const before = takeInteger(c, "before");
  takeKind(c);
  const parts = takeParts(c, 1);
  const { prev, seq, time } = takePlace(c);
  return { before, kind: "prune", parts, prev, seq, time, v: takeVersion(c) };
}

/** @throws {ChainError} */
export function readKey(c: Cursor): KeyEntry {
  const key = takeString(c, "key");
  if (!keyPattern.test(key)) {
    throw badValue("key", "<name>+<8 hex digits>+<44 characters of base64>", key);
  }
  takeKind(c);
  const parts = takeParts(c, 1);
  const prev = takeHash(c, "prev");
  const seq = takeInteger(c, "seq");
  const since = takeInteger(c, "since");
  const time = takeInteger(c, "time");
  return { key, kind: "key", parts, prev, seq, since, time, v: takeVersion(c) };
}

/** @throws {ChainError} */
export function readIncarnation(c: Cursor): IncarnationEntry {
  const cause = takeCause(c);
  const incarnation = takeInteger(c, "incarnation");
  takeKind(c);
  const parts = takeParts(c, 1);
  const { prev, seq, time } = takePlace(c);
  const v = takeVersion(c);
  const given = Object.keys(cause);
  if (given.length !== 0 && given.length !== 3) {
    throw conflict("cause", "cause, cause_origin and cause_seq, or none of them", given);
  }
  return { ...cause, incarnation, kind: "incarnation", parts, prev, seq, time, v };
}

/** @throws {ChainError} */
export function readSupervise(c: Cursor): SuperviseEntry {
  const by = takeSender(c, "by");
  const decision = takeWord(c, "decision", decisions);
  const delay_ms = takeInteger(c, "delay_ms");
  const intensity = takeInteger(c, "intensity");
  takeKind(c);
  const parts = takeParts(c, 1);
  const period_ms = takeInteger(c, "period_ms");
  const prev = takeHash(c, "prev");
  const restarts = takeInteger(c, "restarts");
  const rule = takeWord(c, "rule", rules);
  const seq = takeInteger(c, "seq");
  const strategy = takeWord(c, "strategy", strategies);
  const time = takeInteger(c, "time");
  const v = takeVersion(c);
  if ((rule === "intensity") !== (decision === "give_up")) {
    throw conflict(
      "rule",
      decision === "give_up" ? "intensity" : "another rule, as it does not give up",
      rule,
    );
  }
  if (rule === "kept" && decision !== "stop") throw conflict("rule", "another rule, as it restarts", rule);
  if (delay_ms > 0 && decision !== "restart") {
    throw conflict("delay_ms", "0, as it does not restart", delay_ms);
  }
  if (decision === "give_up" && restarts <= intensity) {
    throw conflict("restarts", `more than ${intensity}, as it gives up`, restarts);
  }
  if (decision === "restart" && rule === "crash" && restarts > intensity) {
    throw conflict("restarts", `at most ${intensity}, as it restarts`, restarts);
  }
  return {
    by,
    decision,
    delay_ms,
    intensity,
    kind: "supervise",
    parts,
    period_ms,
    prev,
    restarts,
    rule,
    seq,
    strategy,
    time,
    v,
  };
}

function takeHead(c: Cursor): string {
  const head = takeString(c, "abandons");
  const [, size] = headPattern.exec(head) ?? [];
  if (size === undefined || !Number.isSafeInteger(Number(size))) {
    throw badValue("abandons", "<size> <64 lowercase hex digits>", head);
  }
  return head;
}

const sortedRoles: readonly PartRole[] = partRoleNames.toSorted();

function takeRoles(c: Cursor): readonly PartRole[] {
  const list = take(c, "roles");
  if (typeof list !== "object" || list.length === 0) {
    throw badValue("roles", "a list of names of parts", list);
  }
  return list.map((got, at) => {
    const role = sortedRoles.find((each) => each === got);
    if (role === undefined) throw badValue("roles", `names out of ${sortedRoles.join(", ")}`, got);
    const before = list[at - 1];
    if (before !== undefined && before >= got) throw badValue("roles", `a name after ${before}`, got);
    return role;
  });
}
