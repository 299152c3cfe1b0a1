#!/usr/bin/env python3
"""Checks a log of Theater, written from docs/format/ alone.

    theater_check.py log.db         a log or a bundle: entries, parts, causes between chains, trees, checkpoints
    theater_check.py chain.jsonl    entries, one a line; each genesis begins a chain

Prints what was checked and what could not be. Exit status: 0 verified, 1
refuted, 2 cannot be checked (not a log, or a version or kind that is unknown).

Python 3.11, standard library only, no code of Theater.
"""

import base64
import hashlib
import json
import pathlib
import re
import sqlite3
import sys
from dataclasses import dataclass, field

ZERO = "0" * 64
NODE = ".node"
SEND = "theater:actor/messaging@0.1.0#send"
REQUEST = "theater:actor/messaging@0.1.0#request"
REPLY = "theater:actor/messaging@0.1.0#reply"
SET_TIMER = "theater:actor/timers@0.1.0#set"
SPAWN = "theater:actor/supervisor@0.1.0#spawn"
CALLS = 2**20  # the most that a turn makes with an id each
UNKNOWN = ("unknown_version", "unknown_kind", "too_deep", "pruned_unproved")


class Refused(Exception):
    def __init__(self, code, text=""):
        super().__init__(f"{code}: {text}" if text else code)
        self.code = code
        self.text = text


# ---------------------------------------------------------------- entry.md

MEMBER = re.compile(
    rb'"(?P<key>[a-z][a-z0-9_]*)":'
    rb'(?:"(?P<string>[\x20\x21\x23-\x5b\x5d-\x7e]*)"'
    rb"|(?P<integer>0|[1-9][0-9]*)"
    rb"|(?P<boolean>true|false)"
    rb'|(?P<list>\[(?:"[\x20\x21\x23-\x5b\x5d-\x7e]*"(?:,"[\x20\x21\x23-\x5b\x5d-\x7e]*")*)?\]))'
)


def scan(data):
    """The members of an entry; data is bytes."""
    if len(data) > 4096:
        raise Refused("too_long", f"{len(data)} bytes")
    if data[:1] != b"{":
        raise Refused("bad_syntax", "at 0")
    members, before, at = {}, b"", 1
    while True:
        match = MEMBER.match(data, at)
        if match is None:
            raise Refused("bad_syntax", f"at {at}")
        key = match["key"]
        if key <= before:
            raise Refused("key_order", key.decode())
        before = key
        if match["string"] is not None:
            value = match["string"].decode("ascii")
        elif match["integer"] is not None:
            if len(match["integer"]) > 16 or int(match["integer"]) > 2**53 - 1:
                raise Refused("bad_syntax", f"at {at}: an integer beyond 2^53-1")
            value = int(match["integer"])
        elif match["boolean"] is not None:
            value = match["boolean"] == b"true"
        else:
            inner = match["list"][1:-1].decode("ascii")
            value = inner[1:-1].split('","') if inner else []
        members[key.decode("ascii")] = value
        at = match.end()
        if data[at : at + 1] == b",":
            at += 1
        elif data[at:] == b"}":
            return members
        else:
            raise Refused("bad_syntax", f"at {at}")


HASH = re.compile(r"[0-9a-f]{64}")
SEGMENT = r"[a-z0-9_-][a-z0-9._-]{0,63}"
ADDRESS = re.compile(rf"{SEGMENT}(?:/{SEGMENT})*")
ORIGIN = re.compile(rf"{SEGMENT}~[0-9a-f]{{32}}/(.*)")
FUNCTION = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,512}")
DIGITS = re.compile(r"0|[1-9][0-9]{0,19}")


def is_hash(value):
    return isinstance(value, str) and HASH.fullmatch(value) is not None


def is_address(value):
    if not isinstance(value, str):
        return False
    return value == ".node" or (
        len(value) <= 512 and value != "outside" and ADDRESS.fullmatch(value) is not None
    )


def is_origin(value):
    match = isinstance(value, str) and ORIGIN.fullmatch(value)
    return bool(match) and is_address(match[1])


def is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_boolean(value):
    return isinstance(value, bool)


def is_timer(value):
    return isinstance(value, str) and DIGITS.fullmatch(value) is not None and int(value) < 2**64


def is_true(value):
    return value is True


def one_of(*words):
    return lambda value: isinstance(value, str) and value in words


def is_sender(value):
    return value == "outside" or is_address(value)


def is_function(value):
    return isinstance(value, str) and FUNCTION.fullmatch(value) is not None


def is_hashes(value):
    return isinstance(value, list) and all(is_hash(each) for each in value)


ROLES = ("about", "arguments", "body", "component", "detail", "error", "execution", "key", "manifest", "reason",
         "response", "result", "state")
VERIFIER_KEY = re.compile(r"[\x21\x23-\x2a\x2c-\x5b\x5d-\x7e]{1,512}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}")
HEAD = re.compile(r"([1-9][0-9]{0,15}) [0-9a-f]{64}")


def is_roles(value):
    return isinstance(value, list) and value != [] and value == sorted(set(value)) and set(value) <= set(ROLES)


def is_verifier_key(value):
    return isinstance(value, str) and VERIFIER_KEY.fullmatch(value) is not None


def is_head(value):
    match = isinstance(value, str) and HEAD.fullmatch(value)
    return bool(match) and int(match[1]) < 2**53


COMMON = {
    "v": is_integer,
    "kind": lambda value: isinstance(value, str),
    "seq": is_integer,
    "time": is_integer,
    "prev": is_hash,
    "parts": is_hashes,
}
COUNTS = {"turn": is_integer, "calls": is_integer, "effects": is_integer}
KINDS = {
    "genesis": {
        "origin": is_origin,
        "key?": is_hash,
        "abandons?": is_head,
        "fork_origin?": is_origin,
        "fork_seq?": is_integer,
        "fork_entry?": is_hash,
        "fork_root?": is_hash,
    },
    "keyframe": {
        "activation": is_integer,
        "reason": one_of("start", "fork", "wake", "recover", "restart", "upgrade", "renew"),
        "turn": is_integer,
    },
    "accept": {"type": one_of("request", "send"), "from": is_sender, "keyed": is_boolean},
    "receive": {
        "turn": is_integer,
        "type": one_of("init", "request", "send", "timer", "undeliverable", "reply", "news", "migrate"),
        "from": is_sender,
        "keyed": is_boolean,
        "timer?": is_timer,
        "request?": is_timer,
        "outcome?": one_of("ok", "refused", "crashed", "timeout", "undelivered"),
        "cause?": is_hash,
        "cause_seq?": is_integer,
        "cause_origin?": is_origin,
    },
    "call": {
        "turn": is_integer,
        "call": is_integer,
        "function": is_function,
        "outcome": one_of("returned", "denied", "failed"),
        "bodied": is_boolean,
    },
    "return": {**COUNTS, "outcome": one_of("ok", "err"), "fuel": is_integer, "deferred?": is_true},
    "trap": {
        **COUNTS,
        "fuel": is_integer,
        "code": one_of(
            "unreachable", "out_of_bounds", "divide_by_zero", "integer_overflow", "indirect_call",
            "stack", "memory", "fuel", "script", "denied", "answer", "host", "unknown",
        ),
    },
    "cut": {**COUNTS, "fuel?": is_integer, "reason": one_of("deadline", "killed", "lost")},
    "erase": {"target": is_integer, "roles": is_roles},
    "prune": {"before": is_integer},
    "key": {"key": is_verifier_key, "since": is_integer},
    "incarnation": {"incarnation": is_integer, "cause?": is_hash, "cause_seq?": is_integer, "cause_origin?": is_origin},
    "supervise": {
        "decision": one_of("restart", "stop", "give_up"),
        "rule": one_of("crash", "sibling", "parent", "asked", "kept", "intensity"),
        "strategy": one_of("one_for_one", "one_for_all", "rest_for_one"),
        "by": is_sender,
        "restarts": is_integer,
        "intensity": is_integer,
        "period_ms": is_integer,
        "delay_ms": is_integer,
    },
}
FORK = ("fork_origin", "fork_seq", "fork_entry", "fork_root")


def roles(entry):
    """The roles of the parts; a tuple of the possible lists."""
    kind = entry["kind"]
    if kind == "genesis" and any(key in entry for key in FORK):
        return (["about", "state"],)
    if kind in ("genesis", "key", "incarnation"):
        return (["about"],)
    if kind == "keyframe":
        return (["state", "component", "manifest", "execution"],)
    if kind in ("accept", "receive"):
        return (["body", "key"] if entry["keyed"] else ["body"],)
    if kind == "call":
        return (["arguments", "result", "body"] if entry["bodied"] else ["arguments", "result"],)
    if kind == "return":
        return (["state"], ["state", "response"]) if entry["outcome"] == "ok" else (["error"],)
    return (["detail"],) if kind == "cut" else (["reason"],)


def conflicts(entry):
    """What the keys of an entry say of each other."""
    outside = entry.get("from") == "outside"
    if entry["kind"] == "accept" and not outside:
        raise Refused("conflict", "accepted from an actor, whose own chain says what it sent")
    if "abandons" in entry and address_of(entry["origin"]) != NODE:
        raise Refused("conflict", "abandons, and not the chain of the node")
    if any(key in entry for key in FORK):
        if not all(key in entry for key in FORK):
            raise Refused("conflict", "a part of a fork")
        if NODE in (address_of(entry["origin"]), address_of(entry["fork_origin"])):
            raise Refused("conflict", "a fork of a node")
        if entry["origin"] == entry["fork_origin"]:
            raise Refused("conflict", "a fork off itself")
    if entry["kind"] == "incarnation" and len({"cause", "cause_seq", "cause_origin"} & entry.keys()) not in (0, 3):
        raise Refused("conflict", "a part of a cause")
    if entry.get("deferred") and entry["outcome"] != "ok":
        raise Refused("conflict", "a refusal that is deferred")
    if entry["kind"] == "supervise":
        decision, rule = entry["decision"], entry["rule"]
        if (rule == "intensity") != (decision == "give_up") or rule == "kept" and decision != "stop":
            raise Refused("conflict", f"{decision} by {rule}")
        if entry["delay_ms"] > 0 and decision != "restart":
            raise Refused("conflict", "a delay without a restart")
        over = entry["restarts"] > entry["intensity"]
        if decision == "give_up" and not over or decision == "restart" and rule == "crash" and over:
            raise Refused("conflict", f"{decision} at {entry['restarts']} restarts of {entry['intensity']}")
    if entry["kind"] != "receive":
        return
    kind, caused = entry["type"], "cause" in entry
    if caused != ("cause_seq" in entry) or ("cause_origin" in entry and not caused):
        raise Refused("conflict", "cause, cause_seq and cause_origin")
    if ("timer" in entry) != (kind == "timer"):
        raise Refused("conflict", "timer")
    if ("request" in entry) != (kind == "reply") or ("outcome" in entry) != (kind == "reply"):
        raise Refused("conflict", "request and outcome")
    if entry["keyed"] and not (outside and kind in ("request", "send")):
        raise Refused("conflict", "keyed")
    if kind in ("init", "news", "migrate") and caused:
        raise Refused("conflict", f"{kind} with a cause")
    if kind == "news" and outside or kind in ("init", "migrate") and not outside:
        raise Refused("conflict", f"{kind} from {entry['from']}")
    if kind in ("request", "send") and not outside and not caused:
        raise Refused("conflict", "an actor's message without cause")
    if kind in ("timer", "undeliverable", "reply") and (outside or not caused):
        raise Refused("conflict", f"{kind} without cause or from outside")
    elsewhere = kind in ("send", "request") or entry.get("outcome") in ("ok", "refused", "crashed")
    if "cause_origin" in entry and (not elsewhere or address_of(entry["cause_origin"]) != entry["from"]):
        raise Refused("conflict", "cause_origin")


def address_of(origin):
    return origin.split("/", 1)[1]


def parse(data):
    """Reads one entry from its bytes."""
    entry = scan(data)
    if "v" not in entry:
        raise Refused("missing_key", "v")
    if not is_integer(entry["v"]) or entry["v"] != 1:
        raise Refused("unknown_version", str(entry["v"]))
    if "kind" not in entry:
        raise Refused("missing_key", "kind")
    kind = entry["kind"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise Refused("unknown_kind", str(kind))
    rules = {**COMMON, **KINDS[kind]}
    for key in entry:
        if key not in rules and key + "?" not in rules:
            raise Refused("unknown_key", key)
    for rule, fits in rules.items():
        key = rule.rstrip("?")
        if key not in entry:
            if rule == key:
                raise Refused("missing_key", key)
        elif not fits(entry[key]):
            raise Refused("bad_value", key)
    if len(entry["parts"]) not in [len(each) for each in roles(entry)]:
        raise Refused("bad_parts", str(len(entry["parts"])))
    conflicts(entry)
    return entry


# ---------------------------------------------------------------- chain.md


def chain_hash(data):
    return hashlib.sha256(b"\0" + data).hexdigest()


def commit(data, salt):
    return hashlib.sha256(b"theater/part/v1\0" + salt + hashlib.sha256(data).digest()).hexdigest()


@dataclass
class Cause:
    """An entry that a receive, or an incarnation, may name."""

    what: str  # accept, send, timer, request, reply (a call), answer (the end of a turn), spawn
    hash: str
    entry: dict
    result: object = None  # parts, where present
    arguments: object = None
    body: bytes | None = None
    spent: bool = False
    outcome: str | None = None  # of an answer, as the reply has it
    asked: tuple | None = None  # of an answer: origin and position of the call that asked

    @property
    def id(self):
        """What a request goes by."""
        return str(self.entry["turn"] * CALLS + self.entry["call"])


@dataclass
class Chain:
    """The state machine over one chain."""

    size: int = 0
    hash: str = ZERO
    origin: str | None = None
    alive: bool = False
    initialised: bool = False
    activations: int = 0
    turns: int = 0
    incarnations: int = 0
    turn: dict | None = None
    reason: str | None = "start"  # that the next keyframe must have
    upgraded: bool = False  # since the keyframe of an upgrade there was no message
    causes: dict = field(default_factory=dict)
    requests: dict = field(default_factory=dict)  # id -> Cause; None once it had its reply
    deferred: dict = field(default_factory=dict)  # turn -> origin and position of the call that waits for its answer
    # (entry, position of the request that it replies to, body): what has its cause in another chain
    foreign: list = field(default_factory=list)
    news: list = field(default_factory=list)  # (position, what happened to a child)
    fork: dict | None = None  # the genesis, of a chain that is forked
    points: dict = field(default_factory=dict)  # closing entries: position -> (commitment of the state, initialised)
    state_commitment: str | None = None
    state: bytes | None = b"null"  # None where it is not known
    counts: dict = field(default_factory=dict)
    parts_seen: int = 0
    parts_absent: int = 0
    names: list = field(default_factory=list)  # by seq: the roles of the parts; None of a pruned entry
    pruned: dict = field(default_factory=dict)  # seq -> hash
    spent: set = field(default_factory=set)  # of pruned, those that had their receive
    expired: set = field(default_factory=set)  # calls, of the pruned ones, that had a reply which nobody gave
    gap: bool = False  # behind what is pruned, before a keyframe
    since: int | None = None
    erased: set = field(default_factory=set)  # (seq, role)
    before: int = 0
    gone: list = field(default_factory=list)  # (seq, role, status) that an entry must explain
    leaves: list = field(default_factory=list)  # by seq: the chain hash, as bytes
    keys: list = field(default_factory=list)  # entries that name a key of the node
    bundle: bool = False  # parts may be withheld
    broken: bool = False  # an entry was refused
    torn: bool = False  # an entry is not there

    def add(self, data, parts=None):
        """Takes the next entry; parts is a list of (status, salt, bytes), or None."""
        entry = parse(data)
        if entry["seq"] != self.size:
            raise Refused("wrong_seq", f"wanted {self.size}, got {entry['seq']}")
        if entry["prev"] != self.hash:
            raise Refused("wrong_prev", f"wanted {self.hash}, got {entry['prev']}")
        if (entry["kind"] == "genesis") != (self.size == 0):
            raise Refused("wrong_genesis", entry["kind"])
        node = self.size > 0 and address_of(self.origin) == NODE
        if node and entry["kind"] not in ("key", "erase") or not node and entry["kind"] == "key":
            raise Refused("wrong_node", entry["kind"])
        if self.gap and entry["kind"] not in ("keyframe", "erase", "prune", "incarnation"):
            raise Refused("wrong_pruned", f"{entry['kind']} behind what is pruned")
        if parts is not None:
            self.check_commitments(entry, parts)
        hashed = chain_hash(data)
        said = self.read_parts(entry, parts)
        getattr(self, "on_" + entry["kind"])(entry, hashed, said)
        names = next(each for each in roles(entry) if len(each) == len(entry["parts"]))
        self.names.append(names)
        if "state" in names:
            self.state_commitment = entry["parts"][names.index("state")]
        if entry["kind"] in ("return", "trap", "cut"):
            self.points[self.size] = self.state_commitment, self.initialised
        self.size += 1
        self.hash = hashed
        self.leaves.append(bytes.fromhex(hashed))
        if entry["kind"] == "key":
            self.keys.append(entry)
        self.counts[entry["kind"]] = self.counts.get(entry["kind"], 0) + 1
        return entry

    def skip(self, hashed):
        """Takes the next entry, of which only the hash is kept."""
        if self.size == 0 or address_of(self.origin) == NODE:
            raise Refused("wrong_pruned", "nothing may be pruned here")
        if not is_hash(hashed):
            raise Refused("not_pruned", "not 64 hex digits")
        self.pruned[self.size] = hashed
        self.leaves.append(bytes.fromhex(hashed))
        self.names.append(None)
        self.size += 1
        self.hash = hashed
        self.turn, self.alive, self.gap, self.state, self.state_commitment = None, False, True, None, None
        if not self.initialised:
            self.initialised = None  # not known

    def finish(self):
        """What can be said once all entries were read."""
        if self.pruned and max(self.pruned) >= self.before:
            raise Refused("wrong_pruned", f"entry {max(self.pruned)}, and no prune says so")
        for seq, role, status in self.gone:
            if status == "erased" and (seq, role) not in self.erased or status == "pruned" and seq >= self.before:
                raise Refused("part_missing", f"{role} of entry {seq} is {status}, and no entry says so")

    def on_erase(self, entry, hashed, said):
        self.between()
        there = self.names[entry["target"]] if entry["target"] < self.size else ()
        if there is not None and not set(entry["roles"]) <= set(there):  # None: pruned since
            raise Refused("wrong_target", f"entry {entry['target']}")
        self.erased.update((entry["target"], role) for role in entry["roles"])

    def on_prune(self, entry, hashed, said):
        self.between()
        there = self.names[entry["before"]] if entry["before"] < self.size else None
        if there is None or "execution" not in there:
            raise Refused("wrong_before", f"entry {entry['before']} is no keyframe")
        self.before = max(self.before, entry["before"])

    def on_key(self, entry, hashed, said):
        if entry["since"] < self.since if self.since is not None else entry["since"] != 0:
            raise Refused("wrong_since", str(entry["since"]))
        self.since = entry["since"]

    # -- between turns

    def between(self):
        if self.turn is not None:
            raise Refused("turn_open", f"turn {self.turn['turn']}")

    def open(self, number, by):
        self.turn = {"turn": number, "by": by, "calls": 0, "unanswered": None, "staged": [], "asked": None}
        self.turns += 1

    def on_genesis(self, entry, hashed, said):
        self.origin = entry["origin"]
        if "fork_origin" in entry:
            self.fork, self.reason, self.initialised, self.state = entry, "fork", True, said.get("state")

    def on_incarnation(self, entry, hashed, said):
        self.between()
        if self.reason == "fork" or entry["incarnation"] != self.incarnations:
            raise Refused("wrong_incarnation", f"wanted {self.incarnations}, got {entry['incarnation']}")
        if "cause_origin" in entry:
            if address_of(entry["cause_origin"]) != address_of(self.origin).rpartition("/")[0]:
                raise Refused("wrong_cause", "not of the parent")
            self.foreign.append((entry, None, None))
        self.incarnations += 1
        self.alive, self.initialised, self.reason, self.state = False, False, "start", b"null"

    def on_supervise(self, entry, hashed, said):
        self.between()
        self.alive = False

    def on_keyframe(self, entry, hashed, said):
        self.between()
        if entry["activation"] != self.activations:
            raise Refused("wrong_activation", f"wanted {self.activations}, got {entry['activation']}")
        if entry["turn"] < self.turns or entry["turn"] > self.turns and not self.gap:
            raise Refused("wrong_turn", f"wanted {self.turns}, got {entry['turn']}")
        self.turns, self.gap = entry["turn"], False
        if self.reason is not None or entry["reason"] in ("start", "fork"):
            if entry["reason"] != self.reason:
                raise Refused("wrong_reason", entry["reason"])
        self.reason, self.upgraded = None, entry["reason"] == "upgrade"
        self.unchanged(said)
        self.activations += 1
        self.alive = False
        self.open(entry["turn"], "keyframe")

    def unchanged(self, said):
        """The state of a keyframe and of its return is the state before."""
        state = said.get("state")
        if state is None:
            return
        if self.state is not None and state != self.state:
            raise Refused("state_differs", f"wanted {self.state[:60]!r}, got {state[:60]!r}")
        self.state = state

    def on_accept(self, entry, hashed, said):
        self.between()
        self.causes[self.size] = Cause("accept", hashed, entry, body=said.get("body"))

    def on_receive(self, entry, hashed, said):
        self.between()
        if not self.alive:
            raise Refused("no_instance")
        if entry["turn"] != self.turns:
            raise Refused("wrong_turn", f"wanted {self.turns}, got {entry['turn']}")
        if self.initialised is None:
            self.initialised = entry["type"] != "init"
        if (entry["type"] == "init") == self.initialised:
            raise Refused("wrong_init", entry["type"])
        if entry["type"] == "migrate" and not self.upgraded:
            raise Refused("wrong_migrate")
        own = address_of(self.origin)
        if entry["type"] in ("timer", "undeliverable", "news") and entry["from"] != own:
            raise Refused("wrong_sender", f"wanted {own}, got {entry['from']}")
        asked = self.asked(entry) if entry["type"] == "reply" else None
        waits = None  # who waits for what this turn answers
        if entry.get("outcome") in ("timeout", "undelivered"):
            self.unanswered(entry, asked, said.get("body"))
        elif "cause_origin" in entry:
            if entry["cause_origin"] == self.origin:
                raise Refused("wrong_cause", "cause_origin is this chain")
            self.foreign.append((entry, asked and asked.entry["seq"], said.get("body")))
            if entry["type"] == "request":
                waits = entry["cause_origin"], entry["cause_seq"]
        elif "cause" in entry:
            cause = find_cause(self, entry)
            if cause is None and entry["from"] not in (own, "outside"):
                raise Refused("cause_differs", f"{entry['from']} said nothing in this chain")
            if cause is not None:
                agree(entry, cause, self, self, said.get("body"), asked and asked.entry["seq"])
                cause.spent = True
            if entry["type"] == "request" and entry["from"] == own and (cause is None or cause.what == "request"):
                waits = self.origin, entry["cause_seq"]
        if entry["type"] == "reply":
            self.requests[entry["request"]] = None
        if entry["type"] == "news" and "body" in said:
            self.news += [(self.size, item) for item in said["body"]["news"]]
        self.upgraded = False
        self.open(entry["turn"], entry["type"])
        self.turn["asked"] = waits

    def asked(self, entry):
        """The request that a reply names; None where what is pruned may have made it."""
        name = entry["request"]
        if name not in self.requests:
            if self.pruned:
                return None
            raise Refused("wrong_request", f"{name} was not asked")
        asked = self.requests[name]
        if asked is None:
            raise Refused("request_spent", name)
        if asked.result is not None and asked.result != [{"ok": name}]:
            raise Refused("cause_result", f"the result of the request is {asked.result}")
        if asked.arguments is not None and asked.arguments[0] != entry["from"]:
            raise Refused("cause_result", f"{asked.arguments[0]} was asked")
        return asked

    def unanswered(self, entry, asked, body):
        """A reply whose cause is the request itself."""
        seq = entry["cause_seq"]
        known = self.pruned.get(seq) if asked is None else asked.hash
        if known is None or known != entry["cause"] or asked is not None and asked.entry["seq"] != seq:
            raise Refused("wrong_cause", f"entry {seq} is not what asked")
        if asked is None and seq in self.expired:
            raise Refused("request_spent", f"that of entry {seq}")
        if asked is None:
            self.expired.add(seq)
        if entry["outcome"] == "undelivered":
            if seq in self.spent or asked is not None and asked.spent:
                raise Refused("cause_spent", f"entry {seq} had its turn")
            if asked is None:
                self.spent.add(seq)
            else:
                asked.spent = True
        wanted = [b"null"] if entry["outcome"] == "timeout" else [b'"' + each + b'"' for each in REASONS]
        if body is not None and body not in wanted:
            raise Refused("reply_body", f"{body[:60]!r}")

    def answer(self, entry, hashed, outcome):
        """Takes note of what the end of a turn answers."""
        if self.turn["asked"] is not None:
            self.causes[self.size] = Cause("answer", hashed, entry, outcome=outcome, asked=self.turn["asked"])

    # -- inside a turn

    def inside(self, entry):
        if self.turn is None:
            raise Refused("no_turn", entry["kind"])
        if entry["turn"] != self.turn["turn"]:
            raise Refused("wrong_turn", f"wanted {self.turn['turn']}, got {entry['turn']}")
        return self.turn

    def on_call(self, entry, hashed, said):
        turn = self.inside(entry)
        if turn["unanswered"]:
            raise Refused("wrong_closing", f"a call after one that was {turn['unanswered']}")
        if entry["call"] != turn["calls"]:
            raise Refused("wrong_call", f"wanted {turn['calls']}, got {entry['call']}")
        what = {SEND: "send", SET_TIMER: "timer", REQUEST: "request", REPLY: "reply", SPAWN: "spawn"}.get(entry["function"])
        if what and (entry["bodied"] or what == "spawn"):
            cause = Cause(what, hashed, entry, said.get("result"), said.get("arguments"), said.get("body"))
            turn["staged"].append((self.size, cause))
        if entry["outcome"] != "returned":
            turn["unanswered"] = entry["outcome"]
        turn["calls"] += 1

    def closing(self, entry):
        turn = self.inside(entry)
        if entry["calls"] != turn["calls"]:
            raise Refused("wrong_calls", f"wanted {turn['calls']}, got {entry['calls']}")
        if entry["effects"] > entry["calls"]:
            raise Refused("wrong_effects", str(entry["effects"]))
        return turn

    def on_return(self, entry, hashed, said):
        turn = self.closing(entry)
        if turn["unanswered"]:
            raise Refused("wrong_closing", f"a return after a call that was {turn['unanswered']}")
        if entry["outcome"] == "err":
            if turn["by"] == "keyframe":
                raise Refused("wrong_closing", "err of a keyframe")
            self.alive = turn["by"] not in ("init", "migrate")
            self.answer(entry, hashed, "refused")
        else:
            silent = turn["by"] in ("keyframe", "init", "migrate")
            if len(entry["parts"]) != (1 if silent else 2):
                raise Refused("wrong_closing", f"{len(entry['parts'])} parts")
            if "deferred" in entry and turn["by"] != "request":
                raise Refused("wrong_closing", "deferred, and nobody waits")
            if turn["by"] == "keyframe":
                self.unchanged(said)
            else:
                self.state = said.get("state")
            self.alive = True
            if turn["by"] == "init":
                self.initialised = True
            self.causes.update(turn["staged"])
            for _, cause in turn["staged"]:
                if cause.what == "request" and cause.entry["call"] < CALLS:
                    self.requests[cause.id] = cause
            if "deferred" not in entry:
                self.answer(entry, hashed, "ok")
            elif turn["asked"] is not None:
                self.deferred[entry["turn"]] = turn["asked"]
        self.turn = None

    def on_trap(self, entry, hashed, said):
        turn = self.closing(entry)
        code = entry["code"]
        codes = {"denied": ("denied",), "failed": ("host", "script")}.get(turn["unanswered"])
        if (code not in codes) if codes else (code in ("denied", "host")):
            raise Refused("wrong_closing", f"code {code}, call {turn['unanswered']}")
        self.answer(entry, hashed, "crashed")
        self.alive = False
        self.turn = None

    def on_cut(self, entry, hashed, said):
        self.closing(entry)
        self.answer(entry, hashed, "crashed")
        self.alive = False
        self.turn = None

    # -- parts

    def check_commitments(self, entry, parts):
        names = next(each for each in roles(entry) if len(each) == len(entry["parts"]))
        if len(parts) != len(names):
            raise Refused("part_missing", f"wanted {len(names)} parts, got {len(parts)}")
        for role, commitment, (status, salt, data) in zip(names, entry["parts"], parts):
            if status not in ("present", "derivable") and any(salt) or status != "present" and data is not None:
                raise Refused("part_missing", f"{role} is {status}, and something of it is there")
            if status == "present":
                if salt is None or data is None:
                    raise Refused("part_missing", role)
                if len(salt) != 16 or commit(data, salt) != commitment:
                    raise Refused("part_commitment", role)
                self.parts_seen += 1
            elif (status == "derivable" and role == "state" and entry["kind"] != "genesis") or (status == "withheld" and self.bundle):
                self.parts_absent += 1
            elif status in ("erased", "pruned"):
                self.gone.append((self.size, role, status))
                self.parts_absent += 1
            else:
                raise Refused("part_missing", f"{role} is {status}")

    def read_parts(self, entry, parts):
        """The parts that are present, by role, and in their form."""
        said = {}
        if parts is None:
            self.parts_absent += len(entry["parts"])
            return said
        names = next(each for each in roles(entry) if len(each) == len(entry["parts"]))
        for role, (status, _, data) in zip(names, parts):
            if status == "present":
                said[role] = read_part(entry, role, data)
        return said


def find_cause(chain, entry):
    """The cause that a receive names, in the chain that holds it; None for one that is pruned."""
    seq = entry["cause_seq"]
    if seq in chain.pruned:
        if seq in chain.spent:
            raise Refused("cause_spent", f"entry {seq}")
        if chain.pruned[seq] != entry["cause"]:
            raise Refused("wrong_cause", f"the hash of entry {seq} is {chain.pruned[seq]}")
        chain.spent.add(seq)
        return None
    cause = chain.causes.get(seq)
    if cause is None:
        raise Refused("wrong_cause", f"entry {entry['cause_seq']} is none")
    if cause.spent:
        raise Refused("cause_spent", f"entry {entry['cause_seq']}")
    if cause.hash != entry["cause"]:
        raise Refused("wrong_cause", f"the hash of entry {entry['cause_seq']} is {cause.hash}")
    return cause


def agree(entry, cause, sender, receiver, body, asked=None):
    """Whether a receive agrees with its cause, which the chain of the sender holds; asked: what a reply replies to."""
    own = address_of(receiver.origin)
    if entry["kind"] == "incarnation":
        if cause.what != "spawn":
            raise Refused("wrong_cause", f"an incarnation of a {cause.what}")
        if cause.result is not None and cause.result != [{"ok": own}]:
            raise Refused("cause_result", f"{cause.result} was spawned")
        return
    if cause.what == "accept":
        for key in ("type", "from", "keyed", "parts"):
            if entry[key] != cause.entry[key]:
                raise Refused("cause_differs", key)
        return
    if cause.what == "spawn" or (cause.what in ("reply", "answer")) != (entry["type"] == "reply"):
        raise Refused("wrong_cause", f"{entry['type']} of a {cause.what}")
    if entry["type"] == "reply":
        return agree_reply(entry, cause, sender, receiver, body, asked)
    wanted = {"timer": ("timer",), "send": ("send", "undeliverable"), "request": ("request",)}[cause.what]
    if entry["type"] not in wanted:
        raise Refused("wrong_cause", f"{entry['type']} of a {cause.what}")
    if entry["type"] in ("send", "request") and entry["from"] != address_of(sender.origin):
        raise Refused("cause_differs", "from")
    if entry["type"] != "undeliverable" and entry["parts"][0] != cause.entry["parts"][2]:
        raise Refused("cause_differs", "body")
    if cause.result is not None:
        result = [{"ok": {"timer": entry.get("timer"), "request": cause.id}.get(cause.what)}]
        if cause.result != result:
            raise Refused("cause_result", f"wanted {result}, got {cause.result}")
    if cause.arguments is None:
        return
    if entry["type"] in ("send", "request") and cause.arguments[0] != own:
        raise Refused("cause_result", f"sent to {cause.arguments[0]}")
    if entry["type"] == "undeliverable" and cause.body is not None and body is not None:
        head = f'{{"to":"{cause.arguments[0]}","reason":"'.encode()
        reasons = [head + each + b'","body":' + cause.body + b"}" for each in REASONS]
        if body not in reasons:
            raise Refused("undeliverable_body")


def agree_reply(entry, cause, sender, receiver, body, asked):
    """Whether a reply agrees with the answer that it names; asked is None where that is not known."""
    if entry["outcome"] != (cause.outcome or "ok"):
        raise Refused("wrong_cause", f"{entry['outcome']} of an answer that is {cause.outcome or 'ok'}")
    if entry["from"] != address_of(sender.origin):
        raise Refused("cause_differs", "from")
    waits = cause.asked
    if cause.what == "reply":
        commitment = cause.entry["parts"][2]
        if cause.result is not None and cause.result != [{"ok": None}]:
            raise Refused("cause_result", f"{cause.result}")
        if cause.arguments is not None:
            token = cause.arguments[0]
            turn = int(token) // CALLS if is_timer(token) else None
            early = turn is None or turn > cause.entry["turn"]  # a turn to come has deferred nothing
            waits = None if early else sender.deferred.get(turn)
            if early or waits is None and not sender.pruned:  # None of a turn that may be pruned
                raise Refused("wrong_request", f"the token {token} is of no answer that was deferred")
    else:
        commitment = {"ok": cause.entry["parts"][-1], "refused": cause.entry["parts"][0]}.get(cause.outcome)
    if waits is not None and (waits[0] != receiver.origin or asked is not None and waits[1] != asked):
        raise Refused("wrong_request", f"it answers entry {waits[1]} of {waits[0]}")
    if commitment is not None and entry["parts"][0] != commitment:
        raise Refused("cause_differs", "body")
    if entry["outcome"] == "crashed" and body is not None:
        code = cause.entry["code" if cause.entry["kind"] == "trap" else "reason"]
        if body != f'"{code}"'.encode():
            raise Refused("reply_body", f"{body[:60]!r}")


REASONS = (b"no_actor", b"mailbox_full", b"too_large", b"stopped")


# ---------------------------------------------------------------- the form of parts


def read_text(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("part_form", f"not UTF-8: {error}") from None


def no_constant(text):
    raise Refused("part_form", f"not JSON: {text}")


def read_json(data, **how):
    """One JSON value; RFC 8259, so no NaN, and no byte order mark."""
    try:
        return json.loads(read_text(data), parse_constant=no_constant, **how)
    except RecursionError:
        raise Refused("too_deep", "JSON nested too deep for this checker") from None
    except ValueError as error:
        raise Refused("part_form", f"not JSON: {error}") from None


def check_json(data):
    read_json(data, parse_int=str, parse_float=str)  # Numbers are the actor's: of any length.


def number_text(value):
    """A number as ECMAScript writes it (RFC 8785 section 3.2.2.3)."""
    if value == 0:
        return "0"
    if value < 0:
        return "-" + number_text(-value)
    digits, exponent = f"{value!r}".lower(), 0
    if "e" in digits:
        digits, power = digits.split("e")
        exponent = int(power)
    whole, _, fraction = digits.partition(".")
    if fraction == "0":
        fraction = ""
    point = len(whole) + exponent
    digits = whole + fraction
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    power = f"{point - 1:+d}"
    return digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + "e" + power


ESCAPES = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


def string_text(value):
    if any(0xD800 <= ord(each) <= 0xDFFF for each in value):
        raise Refused("part_form", "a lone surrogate")
    escaped = (ESCAPES.get(ord(c)) or (f"\\u{ord(c):04x}" if ord(c) < 32 else c) for c in value)
    return '"' + "".join(escaped) + '"'


def canonical(value):
    """Canonical JSON (RFC 8785); a number is an int or a float."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(float(value))
    if isinstance(value, str):
        return string_text(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(each) for each in value) + "]"
    keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(string_text(key) + ":" + canonical(value[key]) for key in keys) + "}"


def read_canonical(data):
    value = read_json(data, parse_int=float)
    if canonical(value).encode("utf-8") != data:
        raise Refused("part_form", "not canonical JSON")
    return value


def read_part(entry, role, data):
    """Checks the form of a part; what later rules need of it."""
    if role == "body" and entry.get("type") == "news":
        return read_news(data)
    if role == "body" and entry.get("outcome") == "refused":
        read_text(data)
        return data
    if role in ("state", "response") or (role == "body" and entry["kind"] != "call"):
        check_json(data)
        return data
    if role in ("error", "reason", "detail", "body", "key"):
        read_text(data)
        return data
    value = read_canonical(data)
    if role == "arguments":
        if not isinstance(value, list):
            raise Refused("part_form", "arguments: not an array")
        if entry["bodied"] and None not in value:
            raise Refused("part_form", "arguments: no null for the body")
        return value
    if role == "result":
        if entry["outcome"] == "returned":
            if not isinstance(value, list) or len(value) > 1:
                raise Refused("part_form", "result: not [] or [value]")
        elif not isinstance(value, str):
            raise Refused("part_form", "result: not the text of the error")
        return value
    if not isinstance(value, dict):
        raise Refused("part_form", f"{role}: not an object")
    for key, fits in OBJECTS[role].items():
        name = key.rstrip("?")
        if (name not in value and name == key) or (name in value and not fits(value[name])):
            raise Refused("part_form", f"{role}: {name}")
    return value


def read_news(data):
    value = read_canonical(data)
    items = value.get("news") if isinstance(value, dict) else None
    if not isinstance(items, list) or items == []:
        raise Refused("part_form", "news: no list of them")
    for item in items:
        if not isinstance(item, dict) or not all(name in item and fits(item[name]) for name, fits in NEWS.items()):
            raise Refused("part_form", "news: not what happened to a child")
    return value


def is_text(value):
    return isinstance(value, str)


def is_text_or_number(value):
    return isinstance(value, str) or isinstance(value, float) and value == int(value) >= 0


def is_count(value):
    return isinstance(value, float) and value == int(value) and 1 <= value < 2**53


def is_word(value):
    return isinstance(value, str) and re.fullmatch("[a-z_]{1,64}", value) is not None


NEWS = {"child": is_address, "event": is_word, "head": is_hash, "reason": is_text, "size": is_count}
OBJECTS = {
    "about": {"theater": is_text},
    "component": {"component": is_hash, "source?": is_hash},
    "manifest": {},
    "execution": dict.fromkeys(
        ("theater", "jco", "rewriter", "schedule", "replay", "engine", "runtime"), is_text_or_number
    ),
}


# ---------------------------------------------------------------- merkle.md


class Tree:
    """A Merkle tree of RFC 6962 that grows leaf by leaf; hashes are bytes."""

    def __init__(self):
        self.size = 0
        self.edge = []  # perfect subtrees, from large to small
        self.filling = []  # by tile level: the hashes of the tile that is not full
        self.tiles = {}  # (level, index) -> 8,192 bytes

    def push(self, leaf):
        self.edge.append(leaf)
        self.size += 1
        self.note(0, leaf)
        level, rest = 0, self.size
        while rest % 2 == 0:
            right, left = self.edge.pop(), self.edge.pop()
            self.edge.append(hashlib.sha256(b"\1" + left + right).digest())
            level, rest = level + 1, rest // 2
            if level % 8 == 0:
                self.note(level // 8, self.edge[-1])

    def note(self, level, node):
        if level == len(self.filling):
            self.filling.append([0, []])
        tile = self.filling[level]
        tile[1].append(node)
        if len(tile[1]) == 256:
            self.tiles[level, tile[0]] = b"".join(tile[1])
            self.filling[level] = [tile[0] + 1, []]

    def root(self):
        if not self.edge:
            return hashlib.sha256(b"").digest()
        root = self.edge[-1]
        for left in self.edge[-2::-1]:
            root = hashlib.sha256(b"\1" + left + root).digest()
        return root


def check_tiles(report, name, tree, sealed, kept):
    """kept: (level, index) -> bytes; all full tiles of the sealed leaves are there, and no others but right ones."""
    for place, tile in kept.items():
        if place not in tree.tiles:
            report.refuse(name, Refused("tile_extra", f"{place}"))
        elif tree.tiles[place] != tile:
            report.refuse(name, Refused("tile_differs", f"{place}"))
    for level, index in tree.tiles.keys() - kept.keys():
        if (index + 1) * 256 ** (level + 1) <= sealed:
            report.refuse(name, Refused("tile_missing", f"{(level, index)}"))


# ---------------------------------------------------------------- notes.md


def base64_bytes(text, code):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise Refused(code, f"not base64: {text!r}") from None
    if base64.b64encode(data).decode() != text:
        raise Refused(code, f"not canonical base64: {text!r}")
    return data


KEY_NAME = re.compile(r"[^\s+\x00-\x1f]+")


def parse_note(data):
    """The text of a note, and its signatures: (name, id, signature)."""
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("checkpoint_form", "not UTF-8") from None
    if any(ord(each) < 0x20 and each != "\n" for each in note) or len(data) > 1_000_000:
        raise Refused("checkpoint_form", "a control character, or too long")
    text, blank, block = note.rpartition("\n\n")
    lines = block.split("\n")
    if not blank or lines.pop() != "" or not 1 <= len(lines) <= 100:
        raise Refused("checkpoint_form", "no signatures below a blank line")
    signatures = []
    for line in lines:
        match = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)", line)
        if match is None or KEY_NAME.fullmatch(match[1]) is None:
            raise Refused("checkpoint_form", f"not a signature: {line!r}")
        signature = base64_bytes(match[2], "checkpoint_form")
        if len(signature) < 5:
            raise Refused("checkpoint_form", f"a short signature: {line!r}")
        signatures.append((match[1], signature[:4], signature[4:]))
    return text + "\n", signatures


def parse_checkpoint(text):
    """Origin, size and root of a checkpoint."""
    lines = text.split("\n")
    if lines.pop() != "" or len(lines) < 3 or "" in lines or re.fullmatch("0|[1-9][0-9]*", lines[1]) is None:
        raise Refused("checkpoint_form", f"not a checkpoint: {text!r}")
    root = base64_bytes(lines[2], "checkpoint_form")
    if len(root) != 32 or int(lines[1]) > 2**53 - 1:
        raise Refused("checkpoint_form", f"not a checkpoint: {text!r}")
    return lines[0], int(lines[1]), root


def parse_key(vkey, name):
    """The id and the public key of an Ed25519 verifier key of this name."""
    parts = vkey.split("+", 2)
    if len(parts) != 3 or parts[0] != name:
        raise Refused("key_form", f"not a key of {name}: {vkey}")
    key = base64_bytes(parts[2], "key_form")
    ident = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    if len(key) != 33 or key[0] != 1 or ident.hex() != parts[1] or flawed(key[1:]):
        raise Refused("key_form", vkey)
    return ident, key[1:]


# Ed25519 of RFC 8032 section 5.1: points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def add_points(a, b):
    q = (a[1] - a[0]) * (b[1] - b[0]) % P
    r = (a[1] + a[0]) * (b[1] + b[0]) % P
    s = 2 * a[3] * b[3] * D % P
    t = 2 * a[2] * b[2] % P
    e, f, g, h = r - q, t - s, t + s, r + q
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(number, point):
    product = (0, 1, 1, 0)
    while number:
        if number & 1:
            product = add_points(product, point)
        point = add_points(point, point)
        number >>= 1
    return product


def same_point(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def read_point(data):
    """The point that 32 bytes encode; None if they encode none, or not in the one way."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def flawed(key):
    """Whether 32 bytes are no public key, or one of small order, which signs everything."""
    point = read_point(key)
    return point is None or same_point(multiply(8, point), (0, 1, 1, 0))


BASE = read_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    if len(signature) != 64 or flawed(key):
        return False
    public, start = read_point(key), read_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if start is None or s >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return same_point(multiply(s, BASE), add_points(start, multiply(challenge, public)))


# ---------------------------------------------------------------- seals and checkpoints (database.md)


def check_trees(report, database, node, kind, chains):
    """chains: actor id -> (address, Chain), those of which every entry is there."""
    kept = {}
    for tree, level, index, hashes in database.execute("SELECT tree, level, idx, hashes FROM tile"):
        kept.setdefault(tree, {})[level, index] = hashes
    for id, (address, chain) in chains.items():
        report.sealed[address] = check_seals(report, database, id, address, chain, kept.get(id, {}))
    tree, roots = Tree(), {}
    rows = database.execute(
        "SELECT idx, address, s.size, CAST(root AS BLOB), NULL FROM seal AS s LEFT JOIN actor AS a ON a.id = s.actor"
        " UNION ALL SELECT idx, NULL, NULL, NULL, CAST(hash AS BLOB) FROM leaf ORDER BY 1")
    for index, address, size, root, hashed in rows:
        if index != tree.size:
            return report.refuse("node", Refused("leaf_order", f"wanted leaf {tree.size}, got {index}"))
        if hashed is None:
            text = f"{node}/{address}\n{size}\n"
            root = hex_bytes(report, f"leaf {index}", root)
            tree.push(hashlib.sha256(b"\0" + text.encode() + base64.b64encode(root) + b"\n").digest())
        else:
            report.absent_leaves += 1
            if kind == "log":
                report.refuse("node", Refused("leaf_absent", f"leaf {index} of a log"))
            tree.push(hex_bytes(report, f"leaf {index}", hashed))
        roots[tree.size] = tree.root()
    report.leaves = tree.size
    check_tiles(report, "node", tree, tree.size, kept.get(0, {}))
    check_checkpoints(report, database, node, roots, chains)


def hex_bytes(report, name, text):
    if HASH.fullmatch(text.decode("utf-8", "replace")) is None:
        report.refuse(name, Refused("seal_root", "not 64 hex digits"))
        return b""
    return bytes.fromhex(text.decode())


def check_seals(report, database, id, address, chain, kept):
    """Every seal is of the tree that the chain had at that size. Returns how many entries are sealed."""
    tree, last, right = Tree(), 0, True
    seals = database.execute("SELECT size, CAST(root AS BLOB) FROM seal WHERE actor = ? ORDER BY idx", (id,)).fetchall()
    for size, root in seals:
        if size > len(chain.leaves):
            report.refuse(address, Refused("seal_beyond", f"{size} of {len(chain.leaves)} entries"))
            continue
        if size <= last:
            report.refuse(address, Refused("seal_order", f"{size} after {last}"))
            continue
        while tree.size < size:
            tree.push(chain.leaves[tree.size])
        if right and tree.root().hex().encode() != root:
            right = False
            report.refuse(address, Refused("seal_root", f"at {size} entries"))
        last = size
    for leaf in chain.leaves[tree.size:]:
        tree.push(leaf)
    check_tiles(report, address, tree, last, kept)
    if chain.pruned and max(chain.pruned) >= last:
        report.refuse(address, Refused("pruned_unproved", f"entry {max(chain.pruned)}, and {last} are sealed"))
    return last


def check_checkpoints(report, database, node, roots, chains):
    name = node  # of the keys and of the tree
    report.node, report.roots, keys = node, roots, report.keys
    for _, chain in chains.values():
        for entry in chain.keys:
            if keys:
                keys[-1][1] = entry["since"]
            try:
                ident, key = parse_key(entry["key"], name)
                if any(ident == earlier[2] or key == earlier[3] for earlier in keys):
                    raise Refused("key_again", entry["key"])
                keys.append([entry["since"], 2**53, ident, key])
            except Refused as error:
                report.refuse(".node", error)
    for size, note in database.execute("SELECT size, CAST(note AS BLOB) FROM checkpoint ORDER BY size"):
        report.checkpoints += 1
        try:
            text, signatures = parse_note(note)
            origin, signed_size, root = parse_checkpoint(text)
            if origin != name or signed_size != size:
                raise Refused("checkpoint_form", f"of {origin} and {signed_size} leaves")
            if size not in roots:
                raise Refused("checkpoint_beyond", f"of {len(roots)} leaves")
            if roots[size] != root:
                raise Refused("checkpoint_root")
            if keys:
                check_signatures(text, size, name, signatures, keys)
                report.signed = size
        except Refused as error:
            report.refuse(f"checkpoint {size}", error)


def check_signatures(text, size, name, signatures, keys):
    """All signatures of known keys are right, and one is of the key that signs at this size."""
    active = False
    for since, until, ident, key in keys:
        for signer, its, signature in signatures:
            if signer != name or its != ident:
                continue
            if not is_signed(key, text.encode(), signature):
                raise Refused("signature_wrong", f"{name}+{ident.hex()}")
            active = active or since < size <= until
    if not active:
        raise Refused("key_unknown", "by no key that the node has at this size")


# ---------------------------------------------------------------- proof.md: where a fork comes from


def climb(leaf, index, size, path):
    """The root of a tree of this size that a path leads to, and that of the tree that ends with the leaf."""
    root = prefix = leaf
    node, last = index, size - 1
    for sibling in path:
        if last == 0:
            raise Refused("lineage_proof", "a path that is too long")
        if node % 2 == 1 or node == last:
            root = hashlib.sha256(b"\1" + sibling + root).digest()
            prefix = hashlib.sha256(b"\1" + sibling + prefix).digest()
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            root = hashlib.sha256(b"\1" + root + sibling).digest()
        node, last = node // 2, last // 2
    if last != 0:
        raise Refused("lineage_proof", "a path that is too short")
    return root, prefix


def parse_tlog_proof(text):
    """Index, path and signed checkpoint (text, signatures, origin, size, root) of a c2sp.org/tlog-proof@v1."""
    above, blank, note = text.partition("\n\n")
    first, *lines = above.split("\n")
    if first != "c2sp.org/tlog-proof@v1" or not blank or not lines:
        raise Refused("lineage_proof", "not a tlog-proof")
    match = re.fullmatch("index (0|[1-9][0-9]*)", lines[0])
    path = [base64_bytes(line, "lineage_proof") for line in lines[1:]]
    if match is None or len(path) > 63 or any(len(each) != 32 for each in path):
        raise Refused("lineage_proof", "not an index and hashes")
    body, signatures = parse_note(note.encode())
    return int(match[1]), path, (body, signatures, *parse_checkpoint(body))


def signed_by(key, ident, name, body, signatures):
    """Whether a note is signed by a key; a signature that says so and is wrong refutes."""
    found = [each for signer, its, each in signatures if signer == name and its == ident]
    if not all(is_signed(key, body.encode(), each) for each in found):
        raise Refused("lineage_proof", f"a wrong signature of {name}")
    return bool(found)


def check_lineage(report, fork, data):
    """The proof that a fork carries: its parent's entries from the last state up to where it was forked off."""
    wrong = lambda text: Refused("lineage_proof", text)
    try:
        proof = read_canonical(data[:-1])
    except (Refused, ValueError) as error:
        raise wrong(f"not canonical JSON: {error}") from None
    if data[-1:] != b"\n" or not isinstance(proof, dict) or sorted(proof) != ["entries", "format"]:
        raise wrong("not a proof")
    if proof["format"] != "theater/proof/v1" or not isinstance(proof["entries"], list):
        raise wrong(f"format {proof['format']}")
    if not 1 <= len(proof["entries"]) <= 10_000:
        raise wrong(f"{len(proof['entries'])} entries")
    if any(not isinstance(each, dict) or each.get("head_proof") != proof["entries"][0].get("head_proof")
           for each in proof["entries"]):
        raise wrong("not one head proof")
    parent, last, head = fork["fork_origin"], None, None
    for at, each in enumerate(proof["entries"]):
        texts = {"entry", "entry_proof", "head_proof"}
        if not isinstance(each, dict) or not texts | {"parts"} <= each.keys() <= texts | {"parts", "actor_key"}:
            raise wrong(f"the members of entry {at}")
        if each["parts"] != [] or not all(isinstance(each[key], str) for key in each.keys() - {"parts"}):
            raise wrong("parts that are shown, or no texts")
        entry, hashed = parse(each["entry"].encode()), chain_hash(each["entry"].encode())
        if last is not None and (entry["seq"] != last["seq"] + 1 or entry["prev"] != before):
            raise wrong(f"entry {entry['seq']} does not follow the one before")
        names = roles(entry)[0]
        if last is None:
            state = entry["parts"][names.index("state")] if "state" in names else None
        elif "state" in names:
            raise wrong(f"entry {entry['seq']} makes another state")
        index, path, (body, signatures, origin, size, root) = parse_tlog_proof(each["entry_proof"])
        node_index, node_path, head = parse_tlog_proof(each["head_proof"])
        if index != entry["seq"] or index >= size or body.count("\n") != 3:
            raise wrong(f"leaf {index} of {size} for entry {entry['seq']}")
        reached, prefix = climb(bytes.fromhex(hashed), index, size, path)
        leaf = hashlib.sha256(b"\0" + body.encode()).digest()
        if reached != root or node_index >= head[3] or climb(leaf, node_index, head[3], node_path)[0] != head[4]:
            raise wrong("a path that leads elsewhere")
        if "actor_key" in each:
            ident, key = parse_key(each["actor_key"], origin)
            if not signed_by(key, ident, origin, body, signatures):
                raise wrong("not signed by the actor's key")
        if origin != parent or head[2] != parent.partition("/")[0]:
            raise Refused("lineage_differs", f"the chain of {origin}")
        last, before = entry, hashed
    if last["kind"] not in ("return", "trap", "cut"):
        raise wrong(f"a {last['kind']} at its end")
    claims = [fork["fork_seq"], fork["fork_entry"], fork["fork_root"], fork["parts"][1]]
    found = [last["seq"], before, prefix.hex(), state]
    if claims != found:
        raise Refused("lineage_differs", f"the fork says {claims}, its proof {found}")
    if head[2] != report.node:
        report.foreign_forks += 1
        return
    body, signatures, name, size, root = head
    if report.roots.get(size) != root:
        raise Refused("lineage_differs", f"another tree at {size} leaves")
    if not any([signed_by(key, ident, name, body, signatures) for _, _, ident, key in report.keys]):
        raise Refused("lineage_untrusted", "signed by no key of the node")


# ---------------------------------------------------------------- logs


@dataclass
class Report:
    chains: dict = field(default_factory=dict)  # origin -> Chain
    refuted: list = field(default_factory=list)
    unknown: list = field(default_factory=list)
    unchecked_senders: int = 0
    unchecked_news: int = 0
    unchecked_forks: int = 0
    foreign_forks: int = 0  # proved by a head of another node, whose key is not known here
    proved_forks: int = 0
    lineage: dict = field(default_factory=dict)  # origin of a fork -> the proof that it carries
    node: str = ""
    roots: dict = field(default_factory=dict)  # size of the node's tree -> root
    keys: list = field(default_factory=list)  # [since, until, id, public key] of the node
    sealed: dict = field(default_factory=dict)  # address -> entries
    leaves: int = 0
    absent_leaves: int = 0
    checkpoints: int = 0
    signed: int = 0

    def refuse(self, where, error):
        (self.unknown if error.code in UNKNOWN else self.refuted).append(f"{where}: {error}")


def check_chain(report, name, entries, bundle=False):
    """Reads the entries of one chain: (number of its row, bytes, parts or None), or (.., hash, None) where it is pruned.

    After a fault nothing is checked but the tree over what is there.
    """
    chain = Chain(bundle=bundle)
    for row, data, parts in entries:
        if chain.broken:
            chain.torn = chain.torn or row != len(chain.leaves)
            hashed = data if isinstance(data, str) else chain_hash(data)
            chain.leaves.append(bytes.fromhex(hashed) if is_hash(hashed) else b"")
            continue
        try:
            if isinstance(data, str):
                chain.skip(data)
            else:
                chain.add(data, parts)
        except Refused as error:
            report.refuse(f"{name} entry {chain.size}", error)
            chain.broken = True
            chain.torn = row != len(chain.leaves)
            chain.leaves = chain.leaves[: chain.size]
            hashed = data if isinstance(data, str) else chain_hash(data)
            chain.leaves.append(bytes.fromhex(hashed) if is_hash(hashed) else b"")
    if not chain.broken:
        try:
            chain.finish()
        except Refused as error:
            report.refuse(f"{name} entry {chain.size}", error)
            chain.broken = True
        if chain.size == 0:
            report.refuse(name, Refused("wrong_genesis", "a chain without entries"))
    if chain.origin is not None:
        if chain.origin in report.chains:
            report.refuse(name, Refused("wrong_genesis", f"a second chain of {chain.origin}"))
        report.chains[chain.origin] = chain
    return chain


def check_causes(report):
    """Causes between chains, once all of them were read."""
    for chain in report.chains.values():
        for entry, asked, body in chain.foreign:
            sender = report.chains.get(entry["cause_origin"])
            if sender is None:
                report.unchecked_senders += 1
                continue
            try:
                cause = find_cause(sender, entry)
                if cause is None:
                    continue
                if cause.what in ("accept", "timer"):
                    raise Refused("wrong_cause", f"a {cause.what} in another chain")
                agree(entry, cause, sender, chain, body, asked)
                cause.spent = True
            except Refused as error:
                report.refuse(f"{chain.origin} entry {entry['seq']}", error)


def check_news(report):
    """The heads of children that a parent was told are those that they had."""
    for chain in report.chains.values():
        node, own = chain.origin.split("/", 1)
        for seq, item in chain.news:
            size = int(item["size"])
            if item["child"].rpartition("/")[0] != own:
                report.refuse(f"{chain.origin} entry {seq}", Refused("news_head", f"{item['child']} is no child"))
                continue
            child = report.chains.get(f"{node}/{item['child']}")
            if child is None:
                report.unchecked_news += 1
            elif size > len(child.leaves) or child.leaves[size - 1].hex() != item["head"]:
                report.refuse(f"{chain.origin} entry {seq}", Refused("news_head", f"{item['child']} at {size} entries"))


def check_forks(report):
    """Chains that are forked go on from the end of a turn of their parent."""
    for chain in report.chains.values():
        if chain.fork is None:
            if chain.origin in report.lineage:
                report.refuse(chain.origin, Refused("stray", "a proof of where a chain comes from that is no fork"))
            continue
        proved = False
        if chain.origin in report.lineage:
            try:
                check_lineage(report, chain.fork, report.lineage[chain.origin])
                proved = True
            except Refused as error:
                report.refuse(f"{chain.origin} entry 0", error)
        parent, seq = report.chains.get(chain.fork["fork_origin"]), chain.fork["fork_seq"]
        if parent is None or parent.broken:
            report.proved_forks += proved
            report.unchecked_forks += not proved
            continue
        try:
            if seq >= len(parent.leaves) or parent.leaves[seq].hex() != chain.fork["fork_entry"]:
                raise Refused("wrong_fork", f"entry {seq} of {parent.origin} is another")
            tree = Tree()
            for leaf in parent.leaves[: seq + 1]:
                tree.push(leaf)
            if tree.root().hex() != chain.fork["fork_root"]:
                raise Refused("wrong_fork", f"the root at {seq + 1} entries is {tree.root().hex()}")
            if seq in parent.pruned:
                report.proved_forks += proved
                report.unchecked_forks += not proved
                continue
            state, initialised = parent.points.get(seq, (None, False))
            if initialised is False:  # None behind what is pruned: not known
                raise Refused("wrong_fork", f"entry {seq} ends no turn of an actor that is initialised")
            if state != chain.fork["parts"][1]:
                raise Refused("wrong_fork", f"the state there is {state}")
        except Refused as error:
            report.refuse(f"{chain.origin} entry 0", error)


def check_jsonl(report, data):
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    begin = [n for n, line in enumerate(lines) if b'"kind":"genesis"' in line] or [0]
    if begin[0] != 0:
        begin.insert(0, 0)
    for start, end in zip(begin, begin[1:] + [len(lines)]):
        check_chain(report, f"line {start + 1}", [(n, line, None) for n, line in enumerate(lines[start:end])])


def main(argv):
    sys.setrecursionlimit(10_000)
    if len(argv) != 2:
        print("usage: theater_check.py <log.db or chain.jsonl>", file=sys.stderr)
        return 2
    report = Report()
    try:
        with open(argv[1], "rb") as file:
            is_database = file.read(16) == b"SQLite format 3\0"
            file.seek(0)
            if not is_database:
                check_jsonl(report, file.read())
        if is_database:
            check_database(report, argv[1])
    except (OSError, sqlite3.Error, NotChecked) as error:
        print(f"cannot be checked: {error}", file=sys.stderr)
        return 2
    check_causes(report)
    check_news(report)
    check_forks(report)
    return tell(report)


def tell(report):
    counts = {}
    for chain in report.chains.values():
        for kind, count in chain.counts.items():
            counts[kind] = counts.get(kind, 0) + count
    chains = report.chains.values()
    print(f"chains          {len(report.chains)}")
    print(f"entries         {sum(chain.size for chain in chains)}"
          + "".join(f"  {kind} {counts[kind]}" for kind in KINDS if kind in counts))
    print(f"activations     {sum(chain.activations for chain in chains)}")
    print(f"turns           {sum(chain.turns for chain in chains)}"
          + f"  open {sum(chain.turn is not None for chain in chains)}")
    print(f"pruned          {sum(len(chain.pruned) for chain in chains)}")
    print(f"parts           {sum(chain.parts_seen for chain in chains)} checked,"
          + f" {sum(chain.parts_absent for chain in chains)} not present")
    if report.leaves:
        unsealed = sum(chain.size for chain in chains) - sum(report.sealed.values())
        print(f"trees           {report.leaves} leaves, {report.absent_leaves} of them of chains that are not here,"
              + f" {max(0, unsealed)} entries not sealed")
        print(f"checkpoints     {report.checkpoints}, signed by the node's own keys up to {report.signed} leaves")
    print(f"senders         {report.unchecked_senders} messages from chains that are not here")
    print(f"news            {report.unchecked_news} of children that are not here")
    print(f"forks           {report.unchecked_forks} off chains that are not here; {report.proved_forks} proved without,"
          + f" {report.foreign_forks} proofs of other nodes, whose signatures were not checked")
    for line in report.refuted:
        print(f"refuted         {line}")
    for line in report.unknown:
        print(f"unknown         {line}")
    if report.refuted:
        print("refuted")
        return 1
    if report.unknown or not report.chains:
        print("cannot be checked")
        return 2
    print("verified (entries, parts that are present, trees; nothing was replayed, and no key was given)")
    return 0


# ---------------------------------------------------------------- database.md

STATUSES = {"p": "present", "d": "derivable", "w": "withheld", "e": "erased", "x": "pruned"}


class NotChecked(Exception):
    """The file is not one that this program knows."""


def check_database(report, path):
    database = sqlite3.connect(f"{pathlib.Path(path).resolve().as_uri()}?mode=ro", uri=True)
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    database.execute("BEGIN")  # One moment of a log that may be growing.
    if database.execute("PRAGMA application_id").fetchone()[0] != 0x54687472:
        raise NotChecked("not a log of Theater")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version not in (2, 3, 4):
        raise NotChecked(f"the tables have version {version}, this program knows 2 to 4")
    if database.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
        raise NotChecked("the file is damaged")
    log = database.execute("SELECT node, kind FROM log").fetchall()
    if len(log) != 1 or log[0][1] not in ("log", "bundle"):
        raise NotChecked("it names no node")
    node, kind = log[0]
    whole = {}
    actors = database.execute("SELECT id, address, origin, size, head, turns, activations FROM actor ORDER BY address")
    for id, address, origin, *stand in actors.fetchall():
        chain = check_chain(report, address, read_entries(database, id), kind == "bundle")
        if not chain.torn:
            whole[id] = address, chain
        if chain.broken:
            continue
        if not origin == chain.origin == f"{node}/{address}":
            report.refuse(address, Refused("row_differs", f"origin {chain.origin}, its row says {origin}"))
        found = [chain.size, chain.hash, chain.turns, chain.activations]
        if stand != found:
            report.refuse(address, Refused("row_differs", f"the chain says {found}, its row {stand}"))
    tables = [("entry", "actor"), ("pruned", "actor"), ("seal", "actor"), ("state", "actor"), ("tile", "tree")]
    if version >= 4:
        tables.append(("lineage", "actor"))
        for address, proof in database.execute(
                "SELECT address, CAST(proof AS BLOB) FROM lineage JOIN actor ON id = actor"):
            report.lineage[f"{node}/{address}"] = proof
    for table, tree in tables:
        stray = database.execute(
            f"SELECT count(*) FROM {table} WHERE {tree} <> 0 AND {tree} NOT IN (SELECT id FROM actor)").fetchone()[0]
        if stray:
            report.refuse(table, Refused("stray", f"{stray} rows of no actor"))
    check_trees(report, database, node, kind, whole)
    for address, text in check_state_rows(database):
        report.refuse(address, Refused("state_row", text))
    for sha256, data in database.execute("SELECT sha256, bytes FROM blob"):
        if hashlib.sha256(data).hexdigest() != sha256:
            report.refuse(f"blob {sha256}", Refused("blob_hash"))
    database.close()


def read_entries(database, actor):
    rows = database.execute(
        "SELECT seq, CAST(entry AS BLOB), status, salts, part_0, part_1, part_2, part_3 FROM entry WHERE actor = ?1"
        " UNION ALL SELECT seq, hash, NULL, NULL, NULL, NULL, NULL, NULL FROM pruned WHERE actor = ?1"
        " ORDER BY seq", (actor,))
    for seq, text, status, salts, *parts in rows:
        if status is None:
            yield seq, text, None
            continue
        if len(salts) != 16 * len(status) or any(part is not None for part in parts[len(status):]):
            status = "?" * len(status)
        yield seq, text, [
            (STATUSES.get(letter, letter), salts[16 * n : 16 * n + 16], parts[n]) for n, letter in enumerate(status)
        ]


def check_state_rows(database):
    """A state that is kept whole is the one that its entry commits to."""
    rows = database.execute(
        "SELECT a.address, s.seq, s.bytes, CAST(e.entry AS BLOB), e.salts FROM state AS s"
        " JOIN actor AS a ON a.id = s.actor LEFT JOIN entry AS e ON e.actor = s.actor AND e.seq = s.seq")
    for address, seq, data, text, salts in rows:
        if text is None:
            yield address, f"entry {seq} is not there"
            continue
        try:
            entry = parse(text)
        except Refused:
            continue  # Said before.
        names = roles(entry)[0]
        at = names.index("state") if "state" in names else None
        if at is None:
            yield address, f"entry {seq} has no state"
        elif commit(data, salts[16 * at : 16 * at + 16]) != entry["parts"][at]:
            yield address, f"not the state of entry {seq}"


if __name__ == "__main__":
    sys.exit(main(sys.argv))
