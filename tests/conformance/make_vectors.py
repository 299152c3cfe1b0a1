#!/usr/bin/env python3
"""Writes tests/vectors/chain/ and tests/vectors/values/, and the examples in docs/format/entry.md.

    make_vectors.py           writes the files
    make_vectors.py --check   exit 1 if the files are not what would be written

Shares no code with Theater: entries are written by Python's own JSON writer,
from docs/format/. Every vector is read back by theater_check.py before it is
written. Salts are made from a counter, so that the files never change by chance.
"""

import base64
import hashlib
import json
import pathlib
import struct
import sys

import theater_check as check

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"
NODE = "home~9f86d081884c7d659a2feaa0c55ad015"
OTHER = "away~00112233445566778899aabbccddeeff"
ORIGIN = NODE + "/bank/teller-3"
OWN = "bank/teller-3"
SEND = "theater:actor/messaging@0.1.0#send"
REQUEST = "theater:actor/messaging@0.1.0#request"
REPLY = "theater:actor/messaging@0.1.0#reply"
SET = "theater:actor/timers@0.1.0#set"
SPAWN = "theater:actor/supervisor@0.1.0#spawn"
NOW = "theater:actor/clock@0.1.0#now"
ZERO = "0" * 64
BIG = 2**53 - 1

ABOUT = '{"theater":"0.1.0"}'
COMPONENT = '{"component":"' + hashlib.sha256(b"component").hexdigest() + '"}'
SCRIPT = COMPONENT[:-1] + ',"source":"' + hashlib.sha256(b"source").hexdigest() + '"}'
MANIFEST = '{"grants":{"clock":true},"limits":{"turn_ms":1000}}'
EXECUTION = (
    '{"engine":"v8 14.9","jco":"0.15.0","replay":1,"rewriter":1,'
    '"runtime":"deno 2.9.6","schedule":1,"theater":"0.1.0"}'
)


def write(entry):
    """Canonical JSON of an entry: within the grammar, Python's writer gives it."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def verifier_key(number):
    """A verifier key of c2sp.org/signed-note; nobody has the private one."""
    name = NODE
    key = b"\x01" + hashlib.sha256(b"public key %d" % number).digest()
    id = hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8]
    return f"{name}+{id}+{base64.b64encode(key).decode()}"


def salt(number):
    return hashlib.sha256(b"salt %d" % number).digest()[:16]


def commit(text, number):
    inner = hashlib.sha256(text.encode()).digest()
    return hashlib.sha256(b"theater/part/v1\0" + salt(number) + inner).hexdigest()


class Maker:
    """Makes a chain; checks nothing, so that it makes bad ones as well."""

    def __init__(self, origin=ORIGIN, **keys):
        self.origin, self.texts, self.parts, self.entries, self.hashes = origin, [], [], [], []
        self.salts = 0
        if origin is not None and "fork_origin" not in keys:
            self.add("genesis", [ABOUT], origin=origin, **keys)

    def add(self, kind, parts, repeat=None, **keys):
        """repeat: an entry whose commitments and salts are taken over."""
        given = []
        for text in parts:
            given.append((text, self.salts))
            self.salts += 1
        if repeat is not None:
            given = self.parts[repeat][-len(given):] if isinstance(repeat, int) else repeat
        entry = {
            "v": 1,
            "kind": kind,
            "seq": len(self.texts),
            "time": 1760000000000 + 7 * len(self.texts),
            "prev": self.hashes[-1] if self.hashes else ZERO,
            "parts": [commit(text, number) for text, number in given],
        }
        entry.update(keys)
        entry = {key: value for key, value in entry.items() if value is not None}
        text = write(entry)
        self.texts.append(text)
        self.entries.append(entry)
        self.parts.append(given)
        self.hashes.append(hashlib.sha256(b"\0" + text.encode()).hexdigest())
        return len(self.texts) - 1

    # Each of these adds one entry and returns its position.

    def count(self, *kinds):
        return sum(entry["kind"] in kinds for entry in self.entries)

    def turn(self):
        return self.count("keyframe", "receive") - 1

    def calls(self):
        return sum(e["kind"] == "call" and e.get("turn") == self.turn() for e in self.entries)

    def keyframe(self, reason="start", state="null", component=COMPONENT, **keys):
        keys = {"activation": self.count("keyframe"), "turn": self.turn() + 1, **keys}
        return self.add("keyframe", [state, component, MANIFEST, EXECUTION], reason=reason, **keys)

    def accept(self, body='{"add":1}', key=None, **keys):
        keys = {"type": "request", "from": "outside", **keys}
        return self.add("accept", [body] if key is None else [body, key], **{"keyed": key is not None, **keys})

    def receive(self, type="request", body='{"add":1}', key=None, repeat=None, cause=None, **keys):
        keys = {"from": "outside", "turn": self.turn() + 1, "keyed": key is not None, **keys}
        if isinstance(cause, int):  # A position in this chain; else the hash itself.
            cause, keys = self.hashes[cause], {"cause_seq": cause, **keys}
        keys = {"cause": cause, **keys}
        return self.add("receive", [body] if key is None else [body, key], repeat, type=type, **keys)

    def call(self, function=NOW, arguments="[]", result='["1760000000000"]', body=None, **keys):
        keys = {"turn": self.turn(), "call": self.calls(), "outcome": "returned", **keys}
        parts = [arguments, result] if body is None else [arguments, result, body]
        return self.add("call", parts, function=function, bodied=body is not None, **keys)

    def send(self, to="audit", body='{"note":"hi"}', result='[{"ok":null}]', **keys):
        return self.call(SEND, f'["{to}",null]', result, body, **keys)

    def set_timer(self, body='{"tick":1}', id="0", **keys):
        return self.call(SET, '["1000",null]', f'[{{"ok":"{id}"}}]', body, **keys)

    def ok(self, state='{"n":1}', response='{"n":1}', **keys):
        keys = {"turn": self.turn(), "calls": self.calls(), "effects": 0, "fuel": 1234, **keys}
        return self.add("return", [state] if response is None else [state, response], outcome="ok", **keys)

    def err(self, error="no such account", **keys):
        keys = {"turn": self.turn(), "calls": self.calls(), "effects": 0, "fuel": 99, **keys}
        return self.add("return", [error], outcome="err", **keys)

    def trap(self, code="unreachable", reason="unreachable executed", **keys):
        keys = {"turn": self.turn(), "calls": self.calls(), "effects": 0, "fuel": 77, **keys}
        return self.add("trap", [reason], code=code, **keys)

    def cut(self, reason="deadline", detail="ran longer than 1000 ms", **keys):
        keys = {"turn": self.turn(), "calls": self.calls(), "effects": 0, **keys}
        return self.add("cut", [detail], reason=reason, **keys)

    def erase(self, target, *roles, reason="asked for by its owner", **keys):
        return self.add("erase", [reason], target=target, roles=sorted(roles), **keys)

    def prune(self, before, reason="older than a year", **keys):
        return self.add("prune", [reason], before=before, **keys)

    def key(self, number=1, since=0, **keys):
        return self.add("key", [ABOUT], **{"key": verifier_key(number), "since": since, **keys})

    def id(self, at):
        """What the request of a call goes by."""
        return str(self.entries[at]["turn"] * 2**20 + self.entries[at]["call"])

    def request(self, to="audit", body='{"sum":1}', id=None, **keys):
        id = id or str(self.turn() * 2**20 + self.calls())
        return self.call(REQUEST, f'["{to}",null,null]', f'[{{"ok":"{id}"}}]', body, **keys)

    def answer_later(self, turn, body='{"sum":2}', result='[{"ok":null}]', token=None, **keys):
        return self.call(REPLY, f'["{turn * 2**20 if token is None else token}",null]', result, body, **keys)

    def reply(self, request, outcome="ok", body='{"sum":2}', cause=None, **keys):
        """request: the position of the call that asked, or an id."""
        keys = {"from": "audit", "request": request if isinstance(request, str) else self.id(request), **keys}
        if cause is None:
            cause = request
        return self.receive("reply", body, cause=cause, outcome=outcome, **keys)

    def news(self, *items, body=None, **keys):
        body = body or check.canonical({"news": list(items)})
        return self.receive("news", body, **{"from": OWN, **keys})

    def incarnation(self, number=0, **keys):
        return self.add("incarnation", [ABOUT], incarnation=number, **keys)

    def supervise(self, decision="restart", rule="crash", reason="the child trapped", **keys):
        keys = {"strategy": "one_for_one", "by": OWN, "restarts": 1, "intensity": 1, "period_ms": 5000, "delay_ms": 0, **keys}
        return self.add("supervise", [reason], decision=decision, rule=rule, **keys)

    def fork(self, seq, origin=NODE + "/copy", **keys):
        """A chain that is forked off this one behind an entry; keys: what it says otherwise."""
        state = max(n for n in range(seq + 1) if self.entries[n]["kind"] == "keyframe"
                    or self.entries[n]["kind"] == "return" and self.entries[n]["outcome"] == "ok")
        tree = check.Tree()
        for hashed in self.hashes[: seq + 1]:
            tree.push(bytes.fromhex(hashed))
        keys = {"fork_origin": self.origin, "fork_seq": seq, "fork_entry": self.hashes[seq], "fork_root": tree.root().hex(), **keys}
        fork = Maker(origin, **keys)
        fork.salts = 5000
        fork.add("genesis", [], repeat=[(ABOUT, 4999), self.parts[state][0]], origin=origin, **keys)
        return fork

    # Longer beginnings.

    def instantiated(self, reason="start", state="null"):
        self.keyframe(reason, state)
        self.ok(state, None)
        return self

    def started(self):
        self.instantiated()
        self.receive("init", "null")
        self.ok('{"n":0}', None)
        return self


def started(**keys):
    return Maker(**keys).started()


# ---------------------------------------------------------------- good chains


def good_chains():
    chains = []

    def chain(name, maker):
        chains.append((name, maker))
        return maker

    chain("a genesis alone", Maker())
    chain("a genesis with a key", Maker(key=hashlib.sha256(b"public key").hexdigest()))
    chain("the log of the node", Maker(NODE + "/.node"))
    long = "/".join(["a" * 64, "b" * 64, "c" * 64, "d" * 64, "e" * 64, "f" * 64, "g" * 64, "h" * 57])
    chain("the longest names", Maker("n" * 64 + "~" + "0" * 32 + "/" + long)).started()

    m = chain("accepts before any activation", Maker())
    m.accept()
    m.accept(key="k-1")
    m.accept(type="send")

    chain("an activation that has begun", Maker()).keyframe()
    chain("an actor that is initialised", started())

    m = chain("instantiation makes calls", Maker())
    m.keyframe(component=SCRIPT)
    m.call("theater:script/source@0.1.0#load", "[]", '["source"]')
    m.call()
    m.ok("null", None)
    m.receive("init", '{"limit": 1e2}')
    m.call()
    m.ok("[ ]", None)

    m = chain("requests, calls and refusals", started())
    m.receive()
    m.call()
    m.call("theater:actor/log@0.1.0#write", '["info","one more"]', "[]")
    m.ok()
    m.receive(body='{"take":5}')
    m.send()
    m.err(effects=1)
    m.receive("send", "[]")
    m.ok('{"n":2}', "null")

    m = chain("a turn that is open", started())
    m.receive()
    m.call()

    m = chain("accepted, then received", started())
    one = m.accept(key="order-17")
    two = m.accept("[2]", type="send")
    m.receive("send", "[2]", cause=two, repeat=two)
    m.ok()
    m.receive(key="order-17", cause=one, repeat=one)
    m.ok('{"n":2}')
    m.receive(key="order-18")
    m.ok('{"n":3}')
    m.accept("3")

    m = chain("accepted as a send, then received", started())
    one = m.accept(type="send")
    m.receive("send", cause=one, repeat=one)
    m.ok()

    m = chain("a timer is set and fires", started())
    m.receive()
    one = m.set_timer(id="0")
    two = m.set_timer('{"tick":2}', id="18446744073709551615")
    m.ok(effects=2)
    m.receive("timer", '{"tick":2}', cause=two, repeat=m.parts[two][2:], timer="18446744073709551615", **{"from": OWN})
    m.ok()
    m.receive("timer", cause=one, body='{"tick":1}', repeat=m.parts[one][2:], timer="0", **{"from": OWN})
    m.ok()

    m = chain("a send to itself, and one that came back", started())
    m.receive()
    one = m.send(OWN)
    two = m.send("nobody")
    m.send("audit")
    m.ok(effects=3)
    m.receive("send", '{"note":"hi"}', cause=one, repeat=m.parts[one][2:], **{"from": OWN})
    m.ok()
    back = '{"to":"nobody","reason":"no_actor","body":{"note":"hi"}}'
    m.receive("undeliverable", back, cause=two, **{"from": OWN})
    m.ok()

    m = chain("a send from another chain", started())
    m.receive("send", cause_origin=OTHER + "/audit", cause_seq=12, cause="ab" * 32, **{"from": "audit"})
    m.ok()
    m.receive("send", cause_origin=OTHER + "/" + OWN, cause_seq=3, cause="cd" * 32, **{"from": OWN})
    m.ok()

    m = chain("a trap and a restart", started())
    m.receive()
    m.set_timer()
    m.trap(effects=1)
    m.accept()
    m.instantiated("restart", '{"n":0}')
    m.receive()
    m.ok()

    m = chain("denied and failed calls", started())
    m.receive()
    m.call("wasi:filesystem/preopens@0.2.6#get-directories", "[]", '"not granted: filesystem"', outcome="denied")
    m.trap("denied", "not granted: filesystem")
    m.instantiated("restart", '{"n":0}')
    m.receive()
    m.call("theater:actor/random@0.1.0#bytes", "[70000]", '"at most 65536 bytes"', outcome="failed")
    m.trap("host", "at most 65536 bytes")
    m.instantiated("restart", '{"n":0}')
    m.receive()
    m.call("theater:script/source@0.1.0#crash", '["TypeError: x is undefined"]', '"TypeError: x is undefined"', outcome="failed")
    m.trap("script", "TypeError: x is undefined")
    m.instantiated("restart", '{"n":0}')
    m.receive()
    m.send(outcome="denied", result='"not granted: send"')
    m.cut("killed", "stopped by its owner", fuel=5)

    m = chain("a run that was cut off, and recovered", started())
    m.receive()
    m.call()
    m.cut("lost", "the host ended in the middle of the turn")
    m.instantiated("recover", '{"n":0}')
    m.receive()
    m.cut(fuel=1000)
    m.instantiated("restart", '{"n":0}')

    m = chain("an instantiation that traps, then is cut, then works", Maker())
    m.keyframe()
    m.call()
    m.trap("stack", "too deep")
    m.keyframe("restart")
    m.cut("killed")
    m.instantiated("restart")
    m.receive("init", "null")
    m.ok('{"n":0}', None)

    m = chain("an init that is refused, traps, is cut, then works", Maker().instantiated())
    m.receive("init", "null")
    m.err("wanted params")
    m.instantiated("restart")
    m.receive("init", "null")
    m.trap("script", "TypeError: x is undefined")
    m.instantiated("wake")
    m.receive("init", "null")
    m.cut("lost")
    m.instantiated("recover")
    m.instantiated("wake")
    m.receive("init", '{"limit":3}')
    m.ok('{"n":0}', None)
    m.receive()
    m.ok()

    m = chain("activations for every reason", started())
    for reason in ("wake", "recover", "restart", "upgrade", "renew"):
        m.instantiated(reason, '{"n":0}')
    m.receive()
    m.err()
    m.instantiated("wake", '{"n":0}')

    m = chain("every code of a trap and reason of a cut", started())
    for code in ("unreachable", "out_of_bounds", "divide_by_zero", "integer_overflow", "indirect_call", "stack",
                 "memory", "script", "answer", "unknown"):
        m.receive()
        m.trap(code)
        m.instantiated("restart", '{"n":0}')
    for reason in ("deadline", "killed", "lost"):
        m.receive()
        m.cut(reason)
        m.instantiated("restart", '{"n":0}')

    m = chain("the log of a node, with keys", Maker(NODE + "/.node"))
    m.key()
    m.key(2, since=17)
    m.erase(1, "about")
    m.key(3, since=17)
    chain("a node that gives up a head", Maker(NODE + "/.node", abandons=f"{BIG} " + "ab" * 32)).key()

    m = chain("parts that are erased", started())
    m.receive(key="order-17")
    m.call()
    m.send()
    m.ok(effects=1)
    m.erase(5, "body", "key")
    m.erase(7, "body")
    m.erase(9, "reason", reason="")
    m.receive()
    m.ok()
    m.erase(0, "about")
    m.erase(1, "component", "execution", "manifest", "state")

    m = chain("entries that may be pruned", started())
    m.instantiated("wake", '{"n":0}')
    m.prune(5)
    m.receive()
    m.ok()
    m.instantiated("wake", '{"n":1}')
    m.prune(10)
    m.prune(5)
    m.erase(3, "body")
    m = chain("an erase and a prune before any instance", Maker())
    m.erase(0, "about")
    m.keyframe()
    m.trap()
    m.prune(2)

    m = chain("a request that is answered elsewhere, in every way", started())
    m.receive()
    asked = [m.request() for _ in range(5)]
    m.ok(effects=5)
    there = {"cause_origin": OTHER + "/audit", "cause": "ab" * 32}
    m.reply(asked[0], cause_seq=12, **there)
    m.ok()
    m.reply(asked[2], "refused", "no such account", cause_seq=16, **there)
    m.err()
    m.reply(asked[1], "crashed", '"unreachable"', cause_seq=20, **there)
    m.ok()
    m.reply(asked[3], "timeout", "null")
    m.ok()
    m.reply(asked[4], "undelivered", '"mailbox_full"')
    m.trap()

    m = chain("requests to itself", started())
    m.receive()
    asked = [m.request(OWN) for _ in range(5)]
    m.ok(effects=5)
    own = {"from": OWN}
    answers = []
    for at, end in zip(asked[:3], (m.ok, m.err, m.trap)):
        m.receive("request", '{"sum":1}', cause=at, repeat=m.parts[at][2:], **own)
        answers.append(end())
    m.instantiated("restart", '{"n":1}')
    m.reply(asked[1], "refused", "no such account", cause=answers[1], repeat=m.parts[answers[1]], **own)
    m.ok()
    m.reply(asked[0], "ok", '{"n":1}', cause=answers[0], repeat=m.parts[answers[0]][1:], **own)
    m.ok()
    m.reply(asked[2], "crashed", '"unreachable"', cause=answers[2], **own)
    m.ok()
    m.receive("request", '{"sum":1}', cause=asked[3], repeat=m.parts[asked[3]][2:], **own)
    m.ok(deferred=True)
    later = m.turn()
    m.receive()
    answered = m.answer_later(later)
    m.ok(effects=1)
    m.reply(asked[3], "ok", '{"sum":2}', cause=answered, repeat=m.parts[answered][2:], **own)
    m.ok()
    m.reply(asked[4], "timeout", "null", **own)
    m.ok()
    m.receive("request", '{"sum":1}', cause=asked[4], repeat=m.parts[asked[4]][2:], **own)
    m.cut()

    m = chain("requests of others, and answers that come later", started())
    m.receive("request", cause_origin=OTHER + "/audit", cause_seq=12, cause="ab" * 32, **{"from": "audit"})
    m.ok()
    m.receive("request", cause_origin=OTHER + "/audit", cause_seq=13, cause="cd" * 32, **{"from": "audit"})
    m.ok(deferred=True)
    later = m.turn()
    m.receive()
    m.ok(deferred=True)
    m.receive()
    m.answer_later(later)
    m.ok(effects=1)
    m.receive()
    m.request()

    m = chain("news of children", started())
    born = {"child": OWN + "/one", "event": "started", "head": "ab" * 32, "reason": "", "size": 3.0}
    m.news(born)
    m.ok()
    m.news({**born, "event": "crashed", "reason": "unreachable executed", "size": 9.0},
           {**born, "child": OWN + "/two", "event": "gave_up", "note": "more than 1 restart"})
    m.err()

    m = chain("states that are migrated", started())
    m.instantiated("upgrade", '{"n":0}')
    m.accept()
    m.receive("migrate", "null")
    m.ok('{"n":0,"of":2}', None)
    m.receive()
    m.ok()
    m.instantiated("upgrade", '{"n":1}')
    m.receive()
    m.ok()
    for end in (m.err, m.trap, m.cut):
        m.instantiated("upgrade", '{"n":1}')
        m.receive("migrate", "null")
        end()
        m.instantiated("restart", '{"n":1}')

    m = chain("incarnations and decisions of a supervisor", Maker())
    m.supervise("stop", "kept")
    m.incarnation(cause_origin=NODE + "/bank", cause_seq=7, cause="ab" * 32)
    m.started()
    m.receive()
    m.trap()
    m.supervise(delay_ms=250)
    m.accept()
    m.instantiated("restart", '{"n":0}')
    m.supervise("restart", "sibling", strategy="one_for_all", by="bank/teller-4", restarts=0)
    m.instantiated("restart", '{"n":0}')
    m.receive()
    m.cut("killed")
    m.supervise("give_up", "intensity", restarts=2, strategy="rest_for_one", by="bank/teller-3")
    m.supervise("stop", "parent", restarts=0, by="bank")
    m.instantiated("wake", '{"n":0}')
    m.supervise("stop", "asked", by="outside", restarts=0)
    m.incarnation(1)
    m.accept()
    m.started()
    m.supervise("restart", "asked", restarts=9)
    m.incarnation(2)
    m.incarnation(3)
    m.keyframe()
    m.trap()
    m.instantiated("restart")
    m.receive("init", "null")
    m.err()

    m = started()
    m.receive()
    m.ok()
    fork = chain("a fork", m.fork(6))
    fork.accept()
    fork.instantiated("fork", '{"n":1}')
    fork.receive()
    fork.ok('{"n":2}')
    fork.instantiated("wake", '{"n":2}')
    fork.incarnation(0)
    fork.started()
    fork = chain("a fork whose first instance is cut", m.fork(4, OTHER + "/bank/teller-3", fork_seq=5))
    fork.keyframe("fork", '{"n":0}')
    fork.cut()
    fork.instantiated("restart", '{"n":0}')
    fork.receive()
    fork.err()
    fork.erase(0, "about", "state")

    m = chain("the largest numbers", started())
    m.receive(time=BIG)
    m.call()
    m.ok(time=0, effects=1, fuel=BIG)

    m = chain("text of any kind", started())
    m.receive(body=' {"a":1,"a":"\\ud800","π":-0.10E+5000} ')
    m.call("theater:actor/log@0.1.0#write", '["info","Grüße, 世界 \\"\\\\\\u001f😀"]', "[]")
    m.ok('"ü"', "[1.0,1e2]")
    return chains


# ---------------------------------------------------------------- bad chains


def bad_chains():
    bad = []

    def refuse(name, code, maker):
        bad.append((name, code, maker))

    def step(name, code, maker, add):
        add(maker)
        refuse(name, code, maker)

    def in_turn():
        m = started()
        m.receive()
        return m

    def accepted(**keys):
        m = started()
        m.accept(**keys)
        return m, len(m.texts) - 1

    def called(add):
        m = in_turn()
        at = add(m)
        return m, at

    # Links
    step("entry 0 with another seq", "wrong_seq", Maker(None), lambda m: m.add("genesis", [ABOUT], origin=ORIGIN, seq=1))
    step("a seq that is skipped", "wrong_seq", started(), lambda m: m.receive(seq=6))
    step("a seq that is repeated", "wrong_seq", started(), lambda m: m.receive(seq=4))
    step("entry 0 that follows something", "wrong_prev", Maker(None), lambda m: m.add("genesis", [ABOUT], origin=ORIGIN, prev="1" * 64))
    step("prev of 64 zeros later", "wrong_prev", started(), lambda m: m.receive(prev=ZERO))
    step("prev of the entry before the last", "wrong_prev", started(), lambda m: m.receive(prev=m.hashes[-2]))
    m = started()
    plain = hashlib.sha256(m.texts[-1].encode()).hexdigest()
    step("prev without the zero byte", "wrong_prev", m, lambda m: m.receive(prev=plain))

    # Genesis
    step("a keyframe first", "wrong_genesis", Maker(None), lambda m: m.keyframe())
    step("an accept first", "wrong_genesis", Maker(None), lambda m: m.accept())
    step("a second genesis", "wrong_genesis", Maker(), lambda m: m.add("genesis", [ABOUT], origin=ORIGIN))
    step("a genesis inside a turn", "wrong_genesis", in_turn(), lambda m: m.add("genesis", [ABOUT], origin=ORIGIN))

    # Turns
    step("a keyframe inside a turn", "turn_open", in_turn(), lambda m: m.keyframe("recover", '{"n":0}'))
    step("an accept inside a turn", "turn_open", in_turn(), lambda m: m.accept())
    step("a receive inside a turn", "turn_open", in_turn(), lambda m: m.receive())
    m = Maker()
    m.keyframe()
    step("a receive before the instantiation has ended", "turn_open", m, lambda m: m.receive("init", "null"))
    step("a call before any turn", "no_turn", Maker(), lambda m: m.call(turn=0))
    step("a call after the turn", "no_turn", started(), lambda m: m.call())
    step("a return after the turn", "no_turn", started(), lambda m: m.ok())
    step("a trap after the turn", "no_turn", started(), lambda m: m.trap())
    step("a cut after the turn", "no_turn", started(), lambda m: m.cut())
    step("a receive before any activation", "no_instance", Maker(), lambda m: m.receive("init", "null"))
    m = in_turn()
    m.trap()
    step("a receive after a trap", "no_instance", m, lambda m: m.receive())
    m = in_turn()
    m.cut()
    step("a receive after a cut", "no_instance", m, lambda m: m.receive())
    m = Maker().instantiated()
    m.receive("init", "null")
    m.err()
    step("an init after an init that was refused", "no_instance", m, lambda m: m.receive("init", "null"))
    m = Maker()
    m.keyframe()
    m.trap()
    step("a receive after an instantiation that trapped", "no_instance", m, lambda m: m.receive("init", "null"))

    # Numbers
    step("the first activation is 1", "wrong_activation", Maker(), lambda m: m.keyframe(activation=1))
    step("an activation that is repeated", "wrong_activation", started(), lambda m: m.keyframe("wake", '{"n":0}', activation=0))
    step("an activation that is skipped", "wrong_activation", started(), lambda m: m.keyframe("wake", '{"n":0}', activation=2))
    step("the first turn is 1", "wrong_turn", Maker(), lambda m: m.keyframe(turn=1))
    step("a keyframe repeats a turn", "wrong_turn", started(), lambda m: m.keyframe("wake", '{"n":0}', turn=1))
    step("a keyframe skips a turn", "wrong_turn", started(), lambda m: m.keyframe("wake", '{"n":0}', turn=3))
    step("a receive repeats a turn", "wrong_turn", started(), lambda m: m.receive(turn=1))
    step("a receive skips a turn", "wrong_turn", started(), lambda m: m.receive(turn=3))
    step("a call of another turn", "wrong_turn", in_turn(), lambda m: m.call(turn=1, call=0))
    step("a return of another turn", "wrong_turn", in_turn(), lambda m: m.ok(turn=3))
    step("a trap of another turn", "wrong_turn", in_turn(), lambda m: m.trap(turn=1))
    step("a cut of another turn", "wrong_turn", in_turn(), lambda m: m.cut(turn=0))
    step("the first call is 1", "wrong_call", in_turn(), lambda m: m.call(call=1))
    m = in_turn()
    m.call()
    step("a call that is repeated", "wrong_call", m, lambda m: m.call(call=0))
    m = in_turn()
    m.call()
    step("a call that is skipped", "wrong_call", m, lambda m: m.call(call=2))
    step("a return counts a call that was not", "wrong_calls", in_turn(), lambda m: m.ok(calls=1))
    m = in_turn()
    m.call()
    step("a return leaves out a call", "wrong_calls", m, lambda m: m.ok(calls=0))
    m = in_turn()
    m.call()
    step("a trap leaves out a call", "wrong_calls", m, lambda m: m.trap(calls=0))
    m = in_turn()
    m.call()
    step("a cut counts too many", "wrong_calls", m, lambda m: m.cut(calls=2))
    step("a return with more effects than calls", "wrong_effects", in_turn(), lambda m: m.ok(effects=1))
    m = in_turn()
    m.call()
    step("a trap with more effects than calls", "wrong_effects", m, lambda m: m.trap(effects=2))
    step("a cut with more effects than calls", "wrong_effects", in_turn(), lambda m: m.cut(effects=BIG))

    # Activations and init
    step("the first keyframe is no start", "wrong_reason", Maker(), lambda m: m.keyframe("wake"))
    step("a second start", "wrong_reason", started(), lambda m: m.keyframe("start", '{"n":0}'))
    step("a request before init", "wrong_init", Maker().instantiated(), lambda m: m.receive())
    step("a second init", "wrong_init", started(), lambda m: m.receive("init", "null"))
    step("a second init in another activation", "wrong_init", started().instantiated("wake", '{"n":0}'), lambda m: m.receive("init", "null"))
    m = Maker().instantiated()
    m.receive("init", "null")
    m.trap()
    m.instantiated("restart")
    step("a request after an init that trapped", "wrong_init", m, lambda m: m.receive())

    # Closings
    m = Maker()
    m.keyframe()
    step("an instantiation that refuses", "wrong_closing", m, lambda m: m.err())
    m = Maker()
    m.keyframe()
    step("an instantiation with a response", "wrong_closing", m, lambda m: m.ok("null"))
    m = Maker().instantiated()
    m.receive("init", "null")
    step("an init with a response", "wrong_closing", m, lambda m: m.ok())
    step("a request without a response", "wrong_closing", in_turn(), lambda m: m.ok(response=None))
    for outcome, code, other in (("denied", "denied", "host"), ("failed", "host", "denied")):
        def unanswered():
            m = in_turn()
            m.call(result='"no"', outcome=outcome)
            return m
        step(f"a call after one that was {outcome}", "wrong_closing", unanswered(), lambda m: m.call())
        step(f"a return after a call that was {outcome}", "wrong_closing", unanswered(), lambda m: m.ok())
        step(f"a refusal after a call that was {outcome}", "wrong_closing", unanswered(), lambda m: m.err())
        step(f"a trap {other} after a call that was {outcome}", "wrong_closing", unanswered(), lambda m: m.trap(other))
        step(f"a trap unknown after a call that was {outcome}", "wrong_closing", unanswered(), lambda m: m.trap("unknown"))
        if outcome == "denied":
            step("a trap script after a call that was denied", "wrong_closing", unanswered(), lambda m: m.trap("script"))
        step(f"a trap {code} with every call answered", "wrong_closing", in_turn(), lambda m: m.trap(code))

    # Senders and causes
    m, at = called(lambda m: m.set_timer())
    m.ok(effects=1)
    step("a timer from another actor", "wrong_sender", m, lambda m: m.receive(
        "timer", '{"tick":1}', cause=at, repeat=m.parts[at][2:], timer="0", **{"from": "bank/teller-4"}))
    m, at = called(lambda m: m.send())
    m.ok(effects=1)
    step("an undeliverable from its addressee", "wrong_sender", m, lambda m: m.receive(
        "undeliverable", '{"to":"audit","reason":"no_actor","body":{"note":"hi"}}', cause=at, **{"from": "audit"}))
    step("a cause that is not there yet", "wrong_cause", started(), lambda m: m.receive(cause="ab" * 32, cause_seq=9))
    step("a cause that is itself", "wrong_cause", started(), lambda m: m.receive(cause="ab" * 32, cause_seq=5))
    step("a cause that is the genesis", "wrong_cause", started(), lambda m: m.receive(cause=0))
    step("a cause that is a receive", "wrong_cause", started(), lambda m: m.receive("send", cause=3, repeat=3, **{"from": OWN}))
    step("a cause that is a return", "wrong_cause", started(), lambda m: m.receive(cause=4))
    m, at = called(lambda m: m.call())
    m.ok()
    step("a cause that is another call", "wrong_cause", m, lambda m: m.receive("send", cause=at, **{"from": OWN}))
    m, at = called(lambda m: m.call(SEND, '["audit",null]', '[{"ok":null}]'))
    m.ok()
    step("a cause that is a send without body", "wrong_cause", m, lambda m: m.receive("send", cause=at, **{"from": OWN}))
    m, at = accepted()
    step("a cause with another hash", "wrong_cause", m, lambda m: m.receive(
        cause=m.hashes[at - 1], cause_seq=at, repeat=at))
    step("a cause_origin that is this chain", "wrong_cause", started(), lambda m: m.receive(
        "send", cause="ab" * 32, cause_seq=0, cause_origin=ORIGIN, **{"from": OWN}))
    m, at = called(lambda m: m.send(OWN))
    m.err(effects=1)
    step("a send of a turn that was refused", "wrong_cause", m, lambda m: m.receive(
        "send", '{"note":"hi"}', cause=at, repeat=m.parts[at][2:], **{"from": OWN}))
    m, at = called(lambda m: m.set_timer())
    m.trap(effects=1)
    m.instantiated("restart", '{"n":0}')
    step("a timer of a turn that trapped", "wrong_cause", m, lambda m: m.receive(
        "timer", '{"tick":1}', cause=at, repeat=m.parts[at][2:], timer="0", **{"from": OWN}))
    m, at = called(lambda m: m.send(OWN))
    m.cut(effects=1)
    m.instantiated("restart", '{"n":0}')
    step("a send of a turn that was cut", "wrong_cause", m, lambda m: m.receive(
        "send", '{"note":"hi"}', cause=at, repeat=m.parts[at][2:], **{"from": OWN}))
    m, at = called(lambda m: m.set_timer())
    m.ok(effects=1)
    step("a send that was a timer", "wrong_cause", m, lambda m: m.receive(
        "send", '{"tick":1}', cause=at, repeat=m.parts[at][2:], **{"from": OWN}))
    m, at = called(lambda m: m.send(OWN))
    m.ok(effects=1)
    step("a timer that was a send", "wrong_cause", m, lambda m: m.receive(
        "timer", '{"note":"hi"}', cause=at, repeat=m.parts[at][2:], timer="0", **{"from": OWN}))
    m, at = called(lambda m: m.send(OWN))
    m.ok(effects=1)
    step("a request that was a send", "wrong_cause", m, lambda m: m.receive(
        "request", '{"note":"hi"}', cause=at, repeat=m.parts[at][2:], **{"from": OWN}))
    m, at = accepted()
    step("a timer that was accepted", "cause_differs", m, lambda m: m.receive(
        "timer", cause=at, repeat=at, timer="0", **{"from": OWN}))
    m, at = accepted()
    step("another type than its accept", "cause_differs", m, lambda m: m.receive("send", cause=at, repeat=at))
    m, at = accepted()
    step("another sender than its accept", "cause_differs", m, lambda m: m.receive(cause=at, repeat=at, **{"from": "audit"}))
    m, at = accepted()
    step("another body than its accept", "cause_differs", m, lambda m: m.receive(body="2", cause=at))
    m, at = accepted()
    step("the body of its accept with another salt", "cause_differs", m, lambda m: m.receive(cause=at))
    m, at = accepted(key="k")
    step("without the key of its accept", "cause_differs", m, lambda m: m.receive(cause=at, repeat=m.parts[at][:1]))
    m, at = accepted(key="k")
    step("another key than its accept", "cause_differs", m, lambda m: m.receive(
        cause=at, key="j", repeat=[m.parts[at][0], ("j", 900)]))
    m, at = called(lambda m: m.set_timer())
    m.ok(effects=1)
    step("another body than its timer", "cause_differs", m, lambda m: m.receive(
        "timer", '{"tick":9}', cause=at, timer="0", **{"from": OWN}))
    m, at = called(lambda m: m.send(OWN))
    m.ok(effects=1)
    step("another body than its send", "cause_differs", m, lambda m: m.receive("send", "9", cause=at, **{"from": OWN}))
    m, at = called(lambda m: m.send(OWN))
    m.ok(effects=1)
    step("another sender than its send", "cause_differs", m, lambda m: m.receive(
        "send", '{"note":"hi"}', cause=at, repeat=m.parts[at][2:], **{"from": "audit"}))
    m, at = accepted()
    m.receive(cause=at, repeat=at)
    m.ok()
    step("an accept received twice", "cause_spent", m, lambda m: m.receive(cause=at, repeat=at))
    m, at = accepted()
    m.receive(cause=at, repeat=at)
    m.cut("lost")
    m.instantiated("recover", '{"n":0}')
    step("an accept received again after a cut", "cause_spent", m, lambda m: m.receive(cause=at, repeat=at))
    m, at = called(lambda m: m.set_timer())
    m.ok(effects=1)
    timer = dict(type="timer", body='{"tick":1}', cause=at, repeat=m.parts[at][2:], timer="0", **{"from": OWN})
    m.receive(**timer)
    m.ok()
    step("a timer that fires twice", "cause_spent", m, lambda m: m.receive(**timer))
    m, at = called(lambda m: m.send(OWN))
    m.ok(effects=1)
    m.receive("send", '{"note":"hi"}', cause=at, repeat=m.parts[at][2:], **{"from": OWN})
    m.ok()
    step("a send that arrived and came back", "cause_spent", m, lambda m: m.receive(
        "undeliverable", '{"to":"bank/teller-3","reason":"stopped","body":{"note":"hi"}}', cause=at, **{"from": OWN}))

    # Requests and replies
    def asking(**keys):
        m = in_turn()
        at = m.request(**keys)
        m.ok(effects=1)
        return m, at

    def answering(end, **keys):
        """A request to itself whose turn has ended."""
        m, at = asking(to=OWN)
        m.receive("request", '{"sum":1}', cause=at, repeat=m.parts[at][2:], **{"from": OWN})
        return m, at, getattr(m, end)(**keys)

    there = {"cause_origin": OTHER + "/audit", "cause_seq": 12, "cause": "ab" * 32}
    own = {"from": OWN}
    m, at = asking()
    step("a reply to what was not asked", "wrong_request", m, lambda m: m.reply("7", **there))
    m, at = asking()
    m.reply(at, **there)
    m.ok()
    step("a reply to what had its reply", "request_spent", m, lambda m: m.reply(at, "timeout", "null"))
    m, at = asking()
    m.reply(at, "timeout", "null")
    m.ok()
    step("a reply after the time was up", "request_spent", m, lambda m: m.reply(at, **there))
    for end in ("err", "trap"):
        m = in_turn()
        at = m.request()
        getattr(m, end)()
        if end == "trap":
            m.instantiated("restart", '{"n":0}')
        step(f"a reply to a request of a turn that ended with {end}", "wrong_request", m, lambda m: m.reply(at, **there))
    m = in_turn()
    at = m.call(REQUEST, '["audit",null]', '[{"ok":"2097152"}]')
    m.ok()
    step("a reply to a request without body", "wrong_request", m, lambda m: m.reply(at, **there))
    m, at = asking()
    step("a timeout of another entry", "wrong_cause", m, lambda m: m.reply(at, "timeout", "null", cause=at - 1))
    m, at = asking()
    step("a timeout of another hash", "wrong_cause", m, lambda m: m.reply(at, "timeout", "null", cause="ab" * 32, cause_seq=at))
    m = in_turn()
    one, two = m.request(), m.request()
    m.ok(effects=2)
    step("a timeout of another request", "wrong_cause", m, lambda m: m.reply(one, "timeout", "null", cause=two))
    m, at, end = answering("ok")
    step("a request that was answered and not delivered", "cause_spent", m, lambda m: m.reply(at, "undelivered", '"stopped"', **own))
    m, at = asking(to=OWN)
    m.reply(at, "undelivered", '"stopped"', **own)
    m.ok()
    step("a request that came back and arrived", "cause_spent", m, lambda m: m.receive(
        "request", '{"sum":1}', cause=at, repeat=m.parts[at][2:], **own))
    m, at = asking(to=OWN)
    step("a send that was a request", "wrong_cause", m, lambda m: m.receive(
        "send", '{"sum":1}', cause=at, repeat=m.parts[at][2:], **own))
    m, at = asking(to=OWN)
    step("another body than its request", "cause_differs", m, lambda m: m.receive("request", "9", cause=at, **own))
    m, at = asking(to=OWN)
    step("another sender than its request", "cause_differs", m, lambda m: m.receive(
        "request", '{"sum":1}', cause=at, repeat=m.parts[at][2:], **{"from": "audit"}))
    m, at, end = answering("ok")
    step("a reply with another body than the response", "cause_differs", m, lambda m: m.reply(at, "ok", "9", cause=end, **own))
    m, at, end = answering("ok")
    step("a reply with the state for a body", "cause_differs", m, lambda m: m.reply(
        at, "ok", cause=end, repeat=m.parts[end][:1], **own))
    m, at, end = answering("ok")
    step("a refusal that was a response", "wrong_cause", m, lambda m: m.reply(
        at, "refused", cause=end, repeat=m.parts[end][1:], **own))
    m, at, end = answering("err", error='"no"')
    step("a response that was a refusal", "wrong_cause", m, lambda m: m.reply(at, "ok", cause=end, repeat=m.parts[end], **own))
    m, at, end = answering("err")
    step("a crash that was a refusal", "wrong_cause", m, lambda m: m.reply(at, "crashed", '"unreachable"', cause=end, **own))
    m, at, end = answering("ok", deferred=True)
    step("a reply by a return that defers it", "wrong_cause", m, lambda m: m.reply(
        at, "ok", cause=end, repeat=m.parts[end][1:], **own))
    m, at = asking(to=OWN)
    m.receive()
    end = m.ok()
    step("a reply by a return that answers somebody else", "wrong_cause", m, lambda m: m.reply(
        at, "ok", cause=end, repeat=m.parts[end][1:], **own))
    m, at, end = answering("ok")
    step("a request by the answer to one", "wrong_cause", m, lambda m: m.receive(
        "request", cause=end, repeat=m.parts[end][1:], **own))
    m = in_turn()
    one, two = m.request(OWN), m.request(OWN)
    m.ok(effects=2)
    m.receive("request", '{"sum":1}', cause=one, repeat=m.parts[one][2:], **own)
    end = m.ok()
    step("a reply by the answer to another request", "wrong_request", m, lambda m: m.reply(
        two, "ok", cause=end, repeat=m.parts[end][1:], **own))
    m, at, end = answering("ok", deferred=True)
    m.receive()
    later = m.answer_later(3)
    m.err(effects=1)
    step("a reply by a call of a turn that was refused", "wrong_cause", m, lambda m: m.reply(
        at, "ok", cause=later, repeat=m.parts[later][2:], **own))
    m, at, end = answering("ok", deferred=True)
    m.receive()
    later = m.answer_later(3)
    m.ok(effects=1)
    step("a refusal by a call that answers", "wrong_cause", m, lambda m: m.reply(
        at, "refused", cause=later, repeat=m.parts[later][2:], **own))
    m, at, end = answering("ok", deferred=True)
    m.receive()
    later = m.answer_later(3)
    m.ok(effects=1)
    step("a reply with another body than the call that answers", "cause_differs", m, lambda m: m.reply(
        at, "ok", cause=later, **own))
    m, at, end = answering("ok")
    step("a reply by a request", "wrong_cause", m, lambda m: m.reply(at, "ok", cause=3, **own))
    m, at = asking(to=OWN)
    accepted_at = m.accept()
    step("a reply by an accept", "cause_differs", m, lambda m: m.reply(at, "ok", cause=accepted_at, repeat=accepted_at, **own))
    m = started()
    m.receive("send")
    step("a send whose answer is deferred", "wrong_closing", m, lambda m: m.ok(deferred=True))
    m = Maker().instantiated()
    m.receive("init", "null")
    step("an init whose answer is deferred", "wrong_closing", m, lambda m: m.ok(response=None, deferred=True))

    # News, migration, incarnations, decisions, forks
    born = {"child": OWN + "/one", "event": "started", "head": "ab" * 32, "reason": "", "size": 3.0}
    step("news from a child", "wrong_sender", started(), lambda m: m.news(born, **{"from": OWN + "/one"}))
    step("a migration without an upgrade", "wrong_migrate", started(), lambda m: m.receive("migrate", "null"))
    step("a migration after a wake", "wrong_migrate", started().instantiated("wake", '{"n":0}'), lambda m: m.receive("migrate", "null"))
    m = started().instantiated("upgrade", '{"n":0}')
    m.receive()
    m.ok()
    step("a migration after a request", "wrong_migrate", m, lambda m: m.receive("migrate", "null"))
    m = started().instantiated("upgrade", '{"n":0}')
    m.receive("migrate", "null")
    m.ok(response=None)
    step("a second migration", "wrong_migrate", m, lambda m: m.receive("migrate", "null"))
    m = Maker().instantiated()
    m.instantiated("upgrade")
    step("a migration of what was not initialised", "wrong_init", m, lambda m: m.receive("migrate", "null"))
    m = started().instantiated("upgrade", '{"n":0}')
    m.receive("migrate", "null")
    step("a migration with a response", "wrong_closing", m, lambda m: m.ok())
    m = started().instantiated("upgrade", '{"n":0}')
    m.receive("migrate", "null")
    m.err()
    step("a message after a migration that failed", "no_instance", m, lambda m: m.receive())
    step("an incarnation inside a turn", "turn_open", in_turn(), lambda m: m.incarnation())
    step("a first incarnation that is 1", "wrong_incarnation", started(), lambda m: m.incarnation(1))
    m = started()
    m.incarnation()
    step("an incarnation that is repeated", "wrong_incarnation", m, lambda m: m.incarnation(0))
    step("an incarnation by another than the parent", "wrong_cause", started(), lambda m: m.incarnation(
        cause_origin=NODE + "/bank/teller-4", cause_seq=1, cause="ab" * 32))
    step("an incarnation by itself", "wrong_cause", started(), lambda m: m.incarnation(
        cause_origin=ORIGIN, cause_seq=1, cause="ab" * 32))
    step("an incarnation by an actor without children", "wrong_cause", Maker(NODE + "/alone"), lambda m: m.incarnation(
        cause_origin=NODE + "/alone", cause_seq=1, cause="ab" * 32))
    m = started()
    m.incarnation()
    step("a message after an incarnation", "no_instance", m, lambda m: m.receive())
    m = started()
    m.incarnation()
    step("a keyframe after an incarnation that is no start", "wrong_reason", m, lambda m: m.keyframe("restart"))
    m = started()
    m.incarnation()
    m.instantiated()
    step("a request before the init of an incarnation", "wrong_init", m, lambda m: m.receive())
    m = started()
    m.incarnation()
    m.instantiated()
    step("a second start of an incarnation", "wrong_reason", m, lambda m: m.keyframe("start"))
    step("a decision inside a turn", "turn_open", in_turn(), lambda m: m.supervise())
    for decision, rule, restarts in (("restart", "asked", 0), ("stop", "asked", 0), ("give_up", "intensity", 2)):
        m = started()
        m.supervise(decision, rule, restarts=restarts)
        step(f"a message after the decision {decision}", "no_instance", m, lambda m: m.receive())
    step("an incarnation of a node", "wrong_node", Maker(NODE + "/.node"), lambda m: m.incarnation())
    step("a decision on a node", "wrong_node", Maker(NODE + "/.node"), lambda m: m.supervise("stop", "asked"))
    step("a fork whose first keyframe is a start", "wrong_reason", started().fork(4), lambda m: m.keyframe("start", '{"n":0}'))
    step("a fork whose first keyframe is a wake", "wrong_reason", started().fork(4), lambda m: m.keyframe("wake", '{"n":0}'))
    step("a keyframe of a fork in a chain that is none", "wrong_reason", Maker(), lambda m: m.keyframe("fork"))
    step("a second keyframe of a fork", "wrong_reason", started().fork(4).instantiated("fork", '{"n":0}'),
         lambda m: m.keyframe("fork", '{"n":0}'))
    step("a keyframe of a fork later", "wrong_reason", started(), lambda m: m.keyframe("fork", '{"n":0}'))
    step("an init of a fork", "wrong_init", started().fork(4).instantiated("fork", '{"n":0}'), lambda m: m.receive("init", "null"))
    step("an incarnation before the keyframe of a fork", "wrong_incarnation", started().fork(4), lambda m: m.incarnation())

    # Erasing, pruning, keys
    step("an erase inside a turn", "turn_open", in_turn(), lambda m: m.erase(3, "body"))
    step("an erase of itself", "wrong_target", started(), lambda m: m.erase(5, "reason"))
    step("an erase of what is to come", "wrong_target", started(), lambda m: m.erase(6, "body"))
    step("an erase of a part that is not there", "wrong_target", started(), lambda m: m.erase(3, "body", "key"))
    step("a prune inside a turn", "turn_open", in_turn(), lambda m: m.prune(1))
    step("a prune before a receive", "wrong_before", started(), lambda m: m.prune(3))
    step("a prune before the genesis", "wrong_before", started(), lambda m: m.prune(0))
    step("a prune before itself", "wrong_before", started(), lambda m: m.prune(5))
    step("a prune before what is to come", "wrong_before", started(), lambda m: m.prune(BIG))
    step("a key of an actor", "wrong_node", started(), lambda m: m.key())
    step("a keyframe of a node", "wrong_node", Maker(NODE + "/.node"), lambda m: m.keyframe())
    step("an accept of a node", "wrong_node", Maker(NODE + "/.node"), lambda m: m.accept())
    step("a prune of a node", "wrong_node", Maker(NODE + "/.node"), lambda m: m.prune(0))
    step("a first key that begins later", "wrong_since", Maker(NODE + "/.node"), lambda m: m.key(since=1))
    m = Maker(NODE + "/.node")
    m.key()
    m.key(2, since=9)
    step("a key that begins before the last", "wrong_since", m, lambda m: m.key(3, since=8))

    # An entry that is refused for itself, in a chain
    step("an unknown kind in a chain", "unknown_kind", started(), lambda m: m.add("fork", ["{}"], size=5))
    step("an unknown key in a chain", "unknown_key", started(), lambda m: m.receive(note="x"))
    return bad


# ---------------------------------------------------------------- bad parts


def bad_parts():
    bad = []

    def refuse(name, code, maker):
        bad.append((name, code, maker))

    m = Maker()
    m.keyframe(state="0")
    refuse("a first state that is not null", "state_differs", m)
    m = started()
    m.keyframe("wake", '{"n":1}')
    refuse("a keyframe with another state", "state_differs", m)
    m = started()
    m.keyframe("wake", '{"n": 0}')
    refuse("a keyframe with the same state in other bytes", "state_differs", m)
    m = Maker()
    m.keyframe()
    m.ok("[]", None)
    refuse("an instantiation that changes the state", "state_differs", m)
    m = started()
    m.receive()
    m.trap()
    m.keyframe("restart", '{"n":1}')
    refuse("a state that a trap changed", "state_differs", m)
    m = started().fork(4)
    m.keyframe("fork", '{"n":1}')
    refuse("a fork with another state", "state_differs", m)
    m = started()
    m.incarnation()
    m.keyframe(state='{"n":0}')
    refuse("an incarnation with the state before", "state_differs", m)
    m = started().instantiated("upgrade", '{"n":0}')
    m.receive("migrate", "null")
    m.err()
    m.keyframe("restart", '{"n":1}')
    refuse("a state that a migration changed that failed", "state_differs", m)
    own = {"from": OWN}
    m = started()
    m.receive()
    at = m.request(id="7")
    m.ok(effects=1)
    m.reply(at, "timeout", "null")
    refuse("a request with another number", "cause_result", m)
    m = started()
    m.receive()
    at = m.request("audit")
    m.ok(effects=1)
    m.reply(at, "timeout", "null", **{"from": "bank"})
    refuse("a reply of another than was asked", "cause_result", m)
    m = started()
    m.receive()
    at = m.request("audit")
    m.ok(effects=1)
    m.receive("request", '{"sum":1}', cause=at, repeat=m.parts[at][2:], **own)
    refuse("a request to somebody else", "cause_result", m)
    for outcome, body in (("timeout", "0"), ("timeout", '"timeout"'), ("undelivered", "null"), ("undelivered", '"whim"'),
                          ("undelivered", ' "stopped"')):
        m = started()
        m.receive()
        at = m.request()
        m.ok(effects=1)
        m.reply(at, outcome, body)
        refuse(f"a reply {outcome} that says {body}", "reply_body", m)
    for body in ('"stack"', '"unreachable" ', "null"):
        m = started()
        m.receive()
        at = m.request(OWN)
        m.ok(effects=1)
        m.receive("request", '{"sum":1}', cause=at, repeat=m.parts[at][2:], **own)
        end = m.trap()
        m.instantiated("restart", '{"n":1}')
        m.reply(at, "crashed", body, cause=end, **own)
        refuse(f"a reply crashed that says {body}", "reply_body", m)
    for token, code in (("0", "wrong_request"), ("x", "wrong_request"), (2 * 2**20, "wrong_request")):
        m = started()
        m.receive()
        at = m.request(OWN)
        m.ok(effects=1)
        m.receive("request", '{"sum":1}', cause=at, repeat=m.parts[at][2:], **own)
        m.ok(deferred=True)
        m.receive()
        later = m.answer_later(0, token=token)
        m.ok(effects=1)
        m.reply(at, "ok", '{"sum":2}', cause=later, repeat=m.parts[later][2:], **own)
        refuse(f"a reply with the token {token}", code, m)
    m = started()
    m.receive()
    at = m.request(OWN)
    m.ok(effects=1)
    m.receive("request", '{"sum":1}', cause=at, repeat=m.parts[at][2:], **own)
    m.ok(deferred=True)
    later = m.turn()
    m.receive()
    at_reply = m.answer_later(later, result='[{"err":"no-such-request"}]')
    m.ok(effects=0)
    m.reply(at, "ok", '{"sum":2}', cause=at_reply, repeat=m.parts[at_reply][2:], **own)
    refuse("an answer that was not taken", "cause_result", m)
    m = started()
    m.receive()
    at = m.request(OWN)
    m.ok(effects=1)
    m.reply(at, "timeout", "nul", **own)
    refuse("a reply that is not JSON", "part_form", m)
    born = {"child": OWN + "/one", "event": "started", "head": "ab" * 32, "reason": "", "size": 3.0}
    for what, body in (
            ("no object", "[]"), ("no list", '{"news":{}}'), ("an empty list", '{"news":[]}'), ("no objects", '{"news":[1]}'),
            ("spaces", check.canonical({"news": [born]}).replace(":", ": ")),
            *((f"another {key}", check.canonical({"news": [{**born, key: value}]})) for key, value in (
                ("child", "One"), ("event", "a b"), ("head", "ab"), ("reason", None), ("size", 0.0), ("size", "3"), ("size", 1.5))),
            *((f"no {key}", check.canonical({"news": [{k: v for k, v in born.items() if k != key}]})) for key in born)):
        m = started()
        m.news(body=body)
        refuse(f"news with {what}: {body[:80]}", "part_form", m)
    for text in ("{", "", "NaN", "01", "[1,]", "\ufeff1", "1 2", "'a'", "nul", '"\t"'):
        m = started()
        m.receive(body=text)
        refuse(f"a body that is not JSON: {text!r}", "part_form", m)
    for text in ('[ ]', '["a", 1]', "[1.0]", '{"a":1}', "[-0]", '["\\u00e9"]', "[1e21]", "null"):
        m = started()
        m.receive()
        m.call(arguments=text)
        refuse(f"arguments that are not a canonical array: {text}", "part_form", m)
    m = started()
    m.receive()
    m.call(result='["1","2"]')
    refuse("two results", "part_form", m)
    m = started()
    m.receive()
    m.call(result="[]", outcome="denied")
    refuse("a result of a call that was denied", "part_form", m)
    m = started()
    m.receive()
    m.call(SEND, '["audit","hi"]', '[{"ok":null}]', '"hi"')
    refuse("a bodied call without null in its arguments", "part_form", m)
    m = Maker()
    m.keyframe(component='{"component":"AB"}')
    refuse("a component without a hash", "part_form", m)
    m = started()
    m.receive()
    at = m.set_timer(id="4")
    m.ok(effects=1)
    m.receive("timer", '{"tick":1}', cause=at, repeat=m.parts[at][2:], timer="5", **{"from": OWN})
    refuse("a timer with another number", "cause_result", m)
    m = started()
    m.receive()
    at = m.send(OWN, result='[{"err":"not-allowed"}]')
    m.ok()
    m.receive("send", '{"note":"hi"}', cause=at, repeat=m.parts[at][2:], **{"from": OWN})
    refuse("a send that was not allowed", "cause_result", m)
    m = started()
    m.receive()
    at = m.send("audit")
    m.ok(effects=1)
    m.receive("send", '{"note":"hi"}', cause=at, repeat=m.parts[at][2:], **{"from": OWN})
    refuse("a send to somebody else", "cause_result", m)
    for body in ('{"to":"audit","reason":"no_actor","body":{"note":"ho"}}',
                 '{"to":"other","reason":"no_actor","body":{"note":"hi"}}',
                 '{"to":"audit","reason":"whim","body":{"note":"hi"}}',
                 '{"to": "audit","reason":"no_actor","body":{"note":"hi"}}'):
        m = started()
        m.receive()
        at = m.send("audit")
        m.ok(effects=1)
        m.receive("undeliverable", body, cause=at, **{"from": OWN})
        refuse(f"an undeliverable that says {body}", "undeliverable_body", m)
    return bad


# ---------------------------------------------------------------- chains beside each other


def families():
    """(name, code of the refusal or None, chains, what could not be checked: senders, news, forks)."""
    rows = []

    def family(name, code, *makers, unchecked=(0, 0, 0)):
        rows.append((name, code, makers, unchecked))

    def ask(to="audit", **keys):
        asker = started()
        asker.receive()
        at = asker.request(to, **keys)
        asker.ok(effects=1)
        return asker, at

    def asked(asker, at, **keys):
        """The chain of who was asked, in the turn that answers."""
        other = Maker(NODE + "/audit").started()
        other.receive("request", '{"sum":1}', repeat=asker.parts[at][2:], **{
            "from": OWN, "cause_origin": ORIGIN, "cause_seq": at, "cause": asker.hashes[at], **keys})
        return other

    def of(other, at):
        return {"cause_origin": other.origin, "cause_seq": at, "cause": other.hashes[at]}

    def conversation(end, outcome, body=None, **keys):
        """A request whose turn ends in a way, and the reply."""
        asker, at = ask()
        other = asked(asker, at)
        ended = getattr(other, end)(**keys)
        repeat = other.parts[ended][-1:] if outcome in ("ok", "refused") else None
        asker.reply(at, outcome, body or "null", repeat=repeat, **of(other, ended))
        return asker, other, ended

    family("a request and its answer", None, *conversation("ok", "ok")[:2])
    family("a request and its refusal", None, *conversation("err", "refused")[:2])
    family("a request whose turn trapped", None, *conversation("trap", "crashed", '"unreachable"')[:2])
    family("a request whose turn was cut", None, *conversation("cut", "crashed", '"deadline"')[:2])
    family("a request that is not received yet", None, ask()[0])
    family("an answer of which the asker is not here", None, conversation("ok", "ok")[1], unchecked=(1, 0, 0))
    family("an answer of which the other is not here", None, conversation("ok", "ok")[0], unchecked=(1, 0, 0))
    asker, other, ended = conversation("ok", "refused", "no")
    family("a response taken for a refusal", "wrong_cause", asker, other)
    asker, at = ask()
    other = asked(asker, at)
    ended = other.ok()
    asker.reply(at, "ok", "7", **of(other, ended))
    family("a reply with another body than the response", "cause_differs", asker, other)
    asker, at = ask()
    other = asked(asker, at)
    ended = other.ok()
    asker.reply(at, "ok", repeat=other.parts[ended][1:], **{**of(other, ended), "cause": "ab" * 32})
    family("a reply with another hash than the answer", "wrong_cause", asker, other)
    family("a reply with another code than the trap", "reply_body", *conversation("trap", "crashed", '"stack"')[:2])
    family("a reply by an answer that is deferred", "wrong_cause", *conversation("ok", "ok", deferred=True)[:2])
    asker, at = ask()
    other = Maker(NODE + "/audit").started()
    other.receive()
    ended = other.ok()
    asker.reply(at, "ok", repeat=other.parts[ended][1:], **of(other, ended))
    family("a reply by a turn that somebody else asked for", "wrong_cause", asker, other)
    asker = started()
    asker.receive()
    one, two = asker.request(), asker.request()
    asker.ok(effects=2)
    other = asked(asker, one)
    ended = other.ok()
    asker.reply(two, "ok", repeat=other.parts[ended][1:], **of(other, ended))
    family("a reply by the answer to another request", "wrong_request", asker, other)
    asker.ok()
    asker, at = ask()
    other = asked(asker, at)
    ended = other.ok()
    third = Maker(NODE + "/third").started()
    third.receive()
    at = third.request()
    third.ok(effects=1)
    third.reply(at, "ok", repeat=other.parts[ended][1:], **of(other, ended))
    family("a reply by the answer to another actor", "wrong_request", asker, other, third)
    asker, other, ended = conversation("ok", "ok")
    asker.ok()
    asker.receive()
    at = asker.request()
    asker.ok(effects=1)
    asker.reply(at, "ok", repeat=other.parts[ended][1:], **of(other, ended))
    family("two replies by one answer", "cause_spent", asker, other)
    asker, at = ask()
    other = asked(asker, at)
    other.ok()
    other.receive("request", '{"sum":1}', repeat=asker.parts[at][2:], **{"from": OWN, **of(asker, at)})
    family("a request that is received twice", "cause_spent", asker, other)
    asker, at = ask()
    family("a request with another body", "cause_differs", asker, other_body(asker, at))
    asker, at = ask("third")
    family("a request to somebody else", "cause_result", asker, asked(asker, at))
    asker, at = ask(id="9")
    family("a request with another number", "cause_result", asker, asked(asker, at))
    asker = started()
    asker.receive()
    at = asker.request()
    asker.err(effects=1)
    family("a request of a turn that was refused", "wrong_cause", asker, asked(asker, at))
    asker = started()
    asker.receive()
    at = asker.send()
    asker.ok(effects=1)
    other = Maker(NODE + "/audit").started()
    other.receive("request", '{"note":"hi"}', repeat=asker.parts[at][2:], **{"from": OWN, **of(asker, at)})
    family("a request that was a send", "wrong_cause", asker, other)
    asker, at = ask()
    other = asked(asker, at)
    asker.reply(at, "undelivered", '"stopped"')
    family("a request that arrived and came back", "cause_spent", asker, other)
    asker, at = ask()
    other = asked(asker, at)
    asker.reply(at, "timeout", "null")
    family("a request that arrived too late", None, asker, other)

    def later(token=None, result='[{"ok":null}]', end="ok", **keys):
        """A request that is answered by a call of a later turn."""
        asker, at = ask()
        other = asked(asker, at)
        other.ok(deferred=True)
        other.receive()
        answered = other.answer_later(2, token=token, result=result)
        getattr(other, end)(effects=1)
        asker.reply(at, "ok", repeat=other.parts[answered][2:], **of(other, answered))
        return asker, other

    family("a request that is answered later", None, *later())
    family("an answer with the token of another turn", "wrong_request", *later(token=3 * 2**20))
    family("an answer with a token that is none", "wrong_request", *later(token="soon"))
    family("an answer that was not taken", "cause_result", *later(result='[{"err":"no-such-request"}]'))
    family("an answer of a turn that was refused", "wrong_cause", *later(end="err"))

    # News
    def parent(**item):
        child = Maker(NODE + "/" + OWN + "/one").started()
        m = started()
        m.news({"child": OWN + "/one", "event": "started", "head": child.hashes[2], "reason": "", "size": 3.0, **item})
        m.ok()
        return m, child

    family("news of a child", None, *parent())
    family("news of a child that is not here", None, parent()[0], unchecked=(0, 1, 0))
    family("news with another head", "news_head", *parent(head="ab" * 32))
    family("news with another size", "news_head", *parent(size=2.0))
    family("news of more than there is", "news_head", *parent(size=6.0))
    family("news of somebody else's child", "news_head", *parent(child="bank/one"))
    family("news of a child's child", "news_head", *parent(child=OWN + "/one/two"))

    # Incarnations
    def spawned(result=None, function=SPAWN, end="ok", times=1, **keys):
        m = started()
        m.receive()
        result = result or f'[{{"ok":"{OWN}/one"}}]'
        at = m.call(function, '["one",{}]', result)
        getattr(m, end)(effects=1)
        child = Maker(NODE + "/" + OWN + "/one")
        for n in range(times):
            child.incarnation(n, **{**of(m, at), **keys})
        return m, child.started()

    family("a child that was spawned", None, *spawned())
    family("a child whose parent is not here", None, spawned()[1], unchecked=(1, 0, 0))
    family("two incarnations by one spawn", "cause_spent", *spawned(times=2))
    family("a spawn of another child", "cause_result", *spawned(result=f'[{{"ok":"{OWN}/two"}}]'))
    family("a spawn that did not go well", "cause_result", *spawned(result='[{"err":"exists"}]'))
    family("a spawn of a turn that was refused", "wrong_cause", *spawned(end="err"))
    family("an incarnation by another call", "wrong_cause", *spawned(function=NOW))
    family("an incarnation with another hash", "wrong_cause", *spawned(cause="ab" * 32))

    # Forks
    def forked(seq, initialised=True, **keys):
        m = started() if initialised else Maker().instantiated()
        if initialised:
            m.receive()
            m.trap()
            m.instantiated("restart", '{"n":0}')
            m.receive()
            m.ok()
        fork = m.fork(seq, **keys)
        fork.instantiated("fork", fork.parts[0][1][0])
        return m, fork

    for seq in (4, 6, 8, 10):
        family(f"a fork off entry {seq}", None, *forked(seq))
    m, fork = forked(10)
    second = fork.fork(2, origin=NODE + "/again")
    family("a fork off a fork", None, m, fork, second.instantiated("fork", '{"n":1}'))
    family("a fork whose parent is not here", None, forked(4)[1], unchecked=(0, 0, 1))
    for seq in (1, 3, 5, 9):
        family(f"a fork off entry {seq}, inside a turn", "wrong_fork", *forked(seq))
    family("a fork off the genesis", "wrong_fork", *forked(4, fork_seq=0, fork_entry=forked(4)[0].hashes[0],
                                                          fork_root=forked(4)[0].hashes[0]))
    family("a fork before any init", "wrong_fork", *forked(2, initialised=False))
    family("a fork off what is not there", "wrong_fork", *forked(10, fork_seq=11))
    family("a fork with another entry", "wrong_fork", *forked(4, fork_entry="ab" * 32))
    family("a fork with another root", "wrong_fork", *forked(4, fork_root="ab" * 32))
    m, fork = forked(10)
    other = Maker(NODE + "/copy", **{key: fork.entries[0][key] for key in check.FORK})
    other.add("genesis", [ABOUT, '{"n":1}'], origin=NODE + "/copy", **{key: fork.entries[0][key] for key in check.FORK})
    family("a fork with the state under another salt", "wrong_fork", m, other.instantiated("fork", '{"n":1}'))
    return rows


def other_body(asker, at):
    other = Maker(NODE + "/audit").started()
    other.receive("request", '{"sum":1}', **{"from": OWN, "cause_origin": ORIGIN, "cause_seq": at, "cause": asker.hashes[at]})
    return other


def judge_family(makers):
    """The codes that theater_check finds, and what it could not check."""
    report = check.Report()
    for maker in makers:
        rows = [(n, text.encode(), [("present", salt(number), said.encode()) for said, number in parts])
                for n, (text, parts) in enumerate(zip(maker.texts, maker.parts))]
        check.check_chain(report, maker.origin, rows)
    check.check_causes(report)
    check.check_news(report)
    check.check_forks(report)
    return report.refuted + report.unknown, (report.unchecked_senders, report.unchecked_news, report.unchecked_forks)


# ---------------------------------------------------------------- single entries


def examples():
    """One entry of each shape, by name; those of the documentation."""
    m = Maker()
    named = {"genesis": 0}
    named["keyframe"] = m.keyframe()
    named["return_silent"] = m.ok("null", None)
    m.receive("init", "null")
    m.ok('{"n":0}', None)
    named["receive"] = m.receive()
    named["call"] = m.call()
    named["call_bodied"] = m.set_timer(id="7")
    named["return"] = m.ok(effects=1)
    named["receive_timer"] = m.receive("timer", '{"tick":1}', cause=named["call_bodied"],
                                       repeat=m.parts[named["call_bodied"]][2:], timer="7", **{"from": OWN})
    named["return_err"] = m.err()
    named["accept"] = m.accept(key="order-17")
    named["receive_caused"] = m.receive(key="order-17", cause=named["accept"], repeat=named["accept"])
    named["trap"] = m.trap()
    m.instantiated("restart", '{"n":1}')
    named["receive_foreign"] = m.receive("send", cause_origin=OTHER + "/audit", cause_seq=12, cause="ab" * 32,
                                         **{"from": "audit"})
    named["cut"] = m.cut()
    m.instantiated("restart", '{"n":1}')
    m.receive()
    named["cut_fuel"] = m.cut("killed", fuel=500)
    named["genesis_key"] = None
    keyed = Maker(key=hashlib.sha256(b"public key").hexdigest())
    fork = m.fork(8)
    texts_fork = fork.texts[0]
    m.instantiated("upgrade", '{"n":1}')
    named["receive_migrate"] = m.receive("migrate", "null")
    m.ok('{"n":1}', None)
    m.receive()
    named["call_request"] = m.request()
    m.ok(effects=1)
    named["receive_reply"] = m.reply(named["call_request"], cause_origin=OTHER + "/audit", cause_seq=14, cause="cd" * 32)
    m.ok()
    named["receive_news"] = m.news({"child": OWN + "/one", "event": "crashed", "head": "ab" * 32, "reason": "unreachable",
                                    "size": 9.0})
    m.ok()
    m.receive("request", cause_origin=OTHER + "/audit", cause_seq=19, cause="ef" * 32, **{"from": "audit"})
    named["return_deferred"] = m.ok(deferred=True)
    named["supervise"] = m.supervise("restart", "crash", delay_ms=250, by=OWN)
    named["incarnation"] = m.incarnation(cause_origin=NODE + "/bank", cause_seq=31, cause="ab" * 32)
    named["erase"] = m.erase(5, "body")
    named["prune"] = m.prune(named["keyframe"])
    texts = {name: m.texts[at] for name, at in named.items() if at is not None}
    texts["genesis_key"] = keyed.texts[0]
    texts["genesis_fork"] = texts_fork
    node = Maker(NODE + "/.node", abandons="7 " + "ab" * 32)
    texts["genesis_abandons"] = node.texts[0]
    texts["key"] = node.texts[node.key()]
    return texts, m


def entry_refusals():
    texts, _ = examples()
    bad = []

    def refuse(name, code, data):
        bad.append((name, code, data if isinstance(data, bytes) else data.encode()))

    def change(of, name, code, /, **keys):
        """keys: new values; None takes a key away."""
        entry = {**json.loads(texts[of]), **keys}
        refuse(f"{of}: {name}", code, write({k: v for k, v in entry.items() if v is not None}))

    def replace(of, name, code, old, new, count=1, /):
        assert old in texts[of], (of, old)
        refuse(f"{of}: {name}", code, texts[of].replace(old, new, count))

    call = texts["call"]
    refuse("nothing", "bad_syntax", "")
    for text in ("{}", "[]", "null", "1", '"a"', "{", "{,}", '{"v"}', '{"v":}', '{"v":1', '{"v":1,}', "entry"):
        refuse(f"not an entry: {text}", "bad_syntax", text)
    refuse("a byte order mark", "bad_syntax", b"\xef\xbb\xbf" + call.encode())
    refuse("a space before", "bad_syntax", " " + call)
    refuse("a line end behind", "bad_syntax", call + "\n")
    refuse("a zero byte behind", "bad_syntax", call + "\0")
    refuse("twice", "bad_syntax", call + call)
    refuse("the last byte missing", "bad_syntax", call[:-1])
    replace("call", "a space after a colon", "bad_syntax", '"v":1', '"v": 1')
    replace("call", "a space after a comma", "bad_syntax", ',"v"', ', "v"')
    replace("call", "a tab", "bad_syntax", ',"v"', ',\t"v"')
    replace("call", "single quotes", "bad_syntax", '"call",', "'call',")
    replace("call", "an escaped letter", "bad_syntax", "#now", "#no\\u0077")
    replace("call", "an escaped solidus", "bad_syntax", "actor/clock", "actor\\/clock")
    replace("call", "an escaped key", "bad_syntax", '"kind"', '"\\u006bind"')
    replace("call", "a letter outside ASCII", "bad_syntax", "#now", "#nöw")
    refuse("call: a byte that is not UTF-8", "bad_syntax", call.encode().replace(b"#now", b"#n\xffw"))
    refuse("call: an overlong slash", "bad_syntax", call.encode().replace(b"actor/clock", b"actor\xc0\xafclock"))
    replace("call", "a delete character", "bad_syntax", "#now", "#n\x7fw")
    replace("call", "a line end in a string", "bad_syntax", "#now", "#n\nw")
    replace("call", "a key in capitals", "bad_syntax", '"v"', '"V"')
    replace("call", "an empty key", "bad_syntax", '"v"', '""')
    replace("call", "a key that begins with a digit", "bad_syntax", '"v"', '"1v"')
    replace("call", "null", "bad_syntax", '"bodied":false', '"bodied":null')
    replace("call", "a boolean in capitals", "bad_syntax", '"bodied":false', '"bodied":False')
    replace("call", "an object inside", "bad_syntax", '"bodied":false', '"bodied":{}')
    for text in ("-1", "-0", "+1", "01", "00", "1.0", "1.5", "1e3", "1E3", ".5", "0x1", "9007199254740992",
                 "18446744073709551616", "9" * 400, "NaN", "Infinity", "1_0"):
        replace("call", f"the number {text[:24]}", "bad_syntax", '"call":0', f'"call":{text}')
    replace("call", "a number in a list", "bad_syntax", '"parts":["', '"parts":[1,"')
    replace("call", "a list in a list", "bad_syntax", '"parts":[', '"parts":[[],')
    replace("call", "a comma at the end of a list", "bad_syntax", '"]', '",]')
    replace("call", "two commas", "bad_syntax", ',"v"', ',,"v"')
    replace("call", "a semicolon", "bad_syntax", ',"v"', ';"v"')
    replace("call", "two keys change places", "key_order", '"bodied":false,"call":0', '"call":0,"bodied":false')
    replace("call", "a key twice", "key_order", '"call":0', '"call":0,"call":0')
    replace("call", "a key twice with another value", "key_order", '"v":1', '"v":1,"v":1')
    refuse("call: 4097 bytes", "too_long", call.replace("#now", "#" + "n" * (4097 - len(call) + 3)))
    refuse("call: 4096 bytes, so only its name is too long", "bad_value",
           call.replace("#now", "#" + "n" * (4096 - len(call) + 3)))

    for version in (0, 2, BIG, "1", True, []):
        change("call", f"v is {json.dumps(version)}", "unknown_version", v=version)
    change("call", "without v", "missing_key", v=None)
    change("call", "without kind", "missing_key", kind=None)
    for kind in ("", "Call", "calls", "intent", "answer", "resume", "seal", "erased", "pruned", "keys", "incarnations", "supervises",
                 "decision", "upgrade", "fork", "rotate", "abandon", "constructor", "toString", "hasOwnProperty"):
        change("call", f"kind {kind!r}", "unknown_kind", kind=kind)
    change("call", "a kind that is a number", "unknown_kind", kind=1)
    change("call", "a kind that is a list", "unknown_kind", kind=["call"])

    optional = {"receive": {"timer", "cause", "cause_seq", "cause_origin"}, "cut": {"fuel"}, "genesis": {"key", "abandons"},
                "incarnation": {"cause", "cause_seq", "cause_origin"}}
    for kind in ("genesis", "keyframe", "accept", "receive", "call", "return", "trap", "cut", "erase", "prune", "key",
                 "incarnation", "supervise"):
        for key in sorted(json.loads(texts[kind])):
            if key not in ("v", "kind") and key not in optional.get(kind, ()):
                change(kind, f"without {key}", "missing_key", **{key: None})
        for key in ("a", "note", "zz"):
            change(kind, f"with the key {key}", "unknown_key", **{key: 1})
        change(kind, "prev in capitals", "bad_value", prev="A" * 64)
        change(kind, "prev of 63 digits", "bad_value", prev="a" * 63)
        change(kind, "prev of 65 digits", "bad_value", prev="a" * 65)
        change(kind, "seq as a string", "bad_value", seq="1")
        change(kind, "time as a boolean", "bad_value", time=True)
        change(kind, "no parts", "bad_parts", parts=[])
        change(kind, "parts as a string", "bad_value", parts="a" * 64)
        change(kind, "a part that is no hash", "bad_value", parts=["a" * 64, "g" * 64])
        change(kind, "five parts", "bad_parts", parts=["a" * 64] * 5)
    change("genesis", "with a turn", "unknown_key", turn=0)
    change("accept", "with a turn", "unknown_key", turn=0)
    change("return", "with a code", "unknown_key", code="stack")
    change("trap", "with an outcome", "unknown_key", outcome="ok")

    for origin in ("", "home/a", NODE, NODE + "/", "/" + OWN, NODE + "/a//b", NODE + "/A", NODE + "/a/", NODE + "/.a",
                   NODE + "/a/.node", NODE + "/..", NODE + "/outside", NODE + "/" + "a" * 65,
                   NODE + "/" + "/".join(["a" * 63] * 8) + "/b", "home+9F86D081884C7D659A2FEAA0C55AD015/a",
                   "home+9f86d081884c7d659a2feaa0c55ad01/a", "~9f86d081884c7d659a2feaa0c55ad015/a",
                   "a/b~9f86d081884c7d659a2feaa0c55ad015/a", "n" * 65 + "~" + "0" * 32 + "/a", NODE + "/a b",
                   ".home~9f86d081884c7d659a2feaa0c55ad015/a"):
        change("genesis", f"origin {origin[:60]!r}", "bad_value", origin=origin)
    for head in ("", "0 " + "a" * 64, "01 " + "a" * 64, "1  " + "a" * 64, "1 " + "A" * 64, "1 " + "a" * 63,
                 f"{BIG + 1} " + "a" * 64, "a" * 64, "-1 " + "a" * 64):
        change("genesis_abandons", f"abandons {head[:24]!r}", "bad_value", abandons=head)
    change("genesis_abandons", "abandons as a number", "bad_value", abandons=1)
    change("genesis_abandons", "of an actor", "conflict", origin=ORIGIN)
    for roles in ([], ["body", "body"], ["key", "body"], ["nobody"], ["body", ""], "body"):
        change("erase", f"roles {json.dumps(roles)}", "bad_value", roles=roles)
    change("erase", "target as a string", "bad_value", target="5")
    change("erase", "two parts", "bad_parts", parts=["a" * 64] * 2)
    change("prune", "before as a string", "bad_value", before="5")
    change("prune", "before as a boolean", "bad_value", before=False)
    vkey = verifier_key(1)
    for key in ("", vkey[:-1], vkey + "A", vkey.replace("+", " ", 1), vkey.upper(), "+" + vkey.split("+", 1)[1],
                "n" * 513 + "+" + vkey.split("+", 1)[1], "a+" + vkey, vkey[:-1] + "=", "a" * 64):
        change("key", f"key {key[:48]!r}", "bad_value", key=key)
    change("key", "since as a string", "bad_value", since="0")
    change("genesis", "key of 62 digits", "bad_value", key="a" * 62)
    change("genesis", "key that is a number", "bad_value", key=1)
    change("keyframe", "an unknown reason", "bad_value", reason="begin")
    change("keyframe", "an empty reason", "bad_value", reason="")
    change("keyframe", "activation as a string", "bad_value", activation="0")
    change("keyframe", "three parts", "bad_parts", parts=["a" * 64] * 3)
    for type in ("init", "timer", "undeliverable", "call", ""):
        change("accept", f"type {type!r}", "bad_value", type=type)
    change("accept", "from nobody", "bad_value", **{"from": ""})
    change("accept", "from an origin", "bad_value", **{"from": ORIGIN})
    change("accept", "keyed as a number", "bad_value", keyed=1)
    change("accept", "keyed with one part", "bad_parts", parts=["a" * 64])
    change("accept", "not keyed with two parts", "bad_parts", keyed=False)
    change("accept", "keyed and from an actor", "conflict", **{"from": "audit"})
    change("accept", "from an actor", "conflict", keyed=False, parts=["a" * 64], **{"from": "audit"})
    change("receive", "an init from an actor", "conflict", type="init", **{"from": "audit"})
    change("receive", "an unknown type", "bad_value", type="answer")
    change("receive", "from capitals", "bad_value", **{"from": "Outside"})
    change("receive", "keyed with one part", "bad_parts", keyed=True)
    for timer in ("", "00", "01", "-1", "1.0", "0x1", "a", "18446744073709551616", "9" * 21, " 1"):
        change("receive_timer", f"timer {timer!r}", "bad_value", timer=timer)
    change("receive_timer", "timer as a number", "bad_value", timer=7)
    change("receive_timer", "without timer", "conflict", timer=None)
    change("receive_timer", "a request with a timer", "conflict", type="request")
    change("receive_timer", "from outside", "conflict", **{"from": "outside"})
    change("receive_timer", "keyed", "conflict", keyed=True, parts=["a" * 64] * 2)
    change("receive_timer", "without cause", "conflict", cause=None, cause_seq=None)
    change("receive_timer", "of another chain", "conflict", cause_origin=OTHER + "/" + OWN)
    change("receive_caused", "cause without seq", "conflict", cause_seq=None)
    change("receive_caused", "seq without cause", "conflict", cause=None)
    change("receive_caused", "an init with a cause", "conflict", type="init", keyed=False, parts=["a" * 64])
    change("receive_caused", "an init with a key", "conflict", type="init", cause=None, cause_seq=None)
    change("receive_caused", "keyed and from an actor", "conflict", **{"from": "audit"})
    change("receive_caused", "a request with a cause_origin", "conflict", cause_origin=OTHER + "/audit")
    change("receive_caused", "a cause that is no hash", "bad_value", cause="abc")
    change("receive_caused", "a cause_seq that is a string", "bad_value", cause_seq="3")
    change("receive_foreign", "a cause_origin that is an address", "bad_value", cause_origin="audit")
    change("receive_foreign", "a cause_origin of another address", "conflict", cause_origin=OTHER + "/audit/2")
    change("receive_foreign", "a cause_origin alone", "conflict", cause=None, cause_seq=None)
    change("receive_foreign", "from outside", "conflict", **{"from": "outside"})
    change("receive", "an actor's send without cause", "conflict", type="send", **{"from": "audit"})
    change("receive", "an actor's request without cause", "conflict", **{"from": "audit"})
    change("receive", "an undeliverable without cause", "conflict", type="undeliverable", **{"from": OWN})
    for key in ("fork_origin", "fork_seq", "fork_entry", "fork_root"):
        change("genesis_fork", f"without {key}", "conflict", **{key: None})
        change("genesis", f"with {key} alone", "bad_parts", **{key: json.loads(texts["genesis_fork"])[key]})
    change("genesis_fork", "one part", "bad_parts", parts=["a" * 64])
    change("genesis_fork", "off itself", "conflict", fork_origin=NODE + "/copy")
    change("genesis_fork", "off a node", "conflict", fork_origin=NODE + "/.node")
    change("genesis_fork", "of a node", "conflict", origin=NODE + "/.node")
    change("genesis_fork", "off an address", "bad_value", fork_origin=OWN)
    change("genesis_fork", "fork_seq as a string", "bad_value", fork_seq="8")
    change("genesis_fork", "fork_entry of 63 digits", "bad_value", fork_entry="a" * 63)
    change("genesis_fork", "fork_root in capitals", "bad_value", fork_root="A" * 64)
    change("receive_reply", "without request", "conflict", request=None)
    change("receive_reply", "without outcome", "conflict", outcome=None)
    change("receive_reply", "without cause", "conflict", cause=None, cause_seq=None, cause_origin=None)
    change("receive_reply", "an unknown outcome", "bad_value", outcome="lost")
    change("receive_reply", "from outside", "conflict", cause_origin=None, **{"from": "outside"})
    change("receive_reply", "keyed", "conflict", keyed=True, parts=["a" * 64] * 2)
    change("receive_reply", "of another address", "conflict", **{"from": "bank"})
    for outcome in ("timeout", "undelivered"):
        change("receive_reply", f"{outcome} of another chain", "conflict", outcome=outcome)
    for request in ("", "01", "-1", "18446744073709551616"):
        change("receive_reply", f"request {request!r}", "bad_value", request=request)
    change("receive_foreign", "a request with an outcome", "conflict", type="request", outcome="ok")
    change("receive_foreign", "a request with a request", "conflict", type="request", request="0")
    change("receive_news", "from outside", "conflict", **{"from": "outside"})
    change("receive_news", "with a cause", "conflict", cause="a" * 64, cause_seq=1)
    change("receive_news", "keyed", "conflict", keyed=True, parts=["a" * 64] * 2)
    change("receive_migrate", "from an actor", "conflict", **{"from": OWN})
    change("receive_migrate", "with a cause", "conflict", cause="a" * 64, cause_seq=1)
    change("return", "deferred as false", "bad_value", deferred=False)
    change("return", "deferred as a number", "bad_value", deferred=1)
    change("return_err", "deferred", "conflict", deferred=True)
    for key in ("cause", "cause_seq", "cause_origin"):
        change("incarnation", f"without {key}", "conflict", **{key: None})
    change("incarnation", "a number that is a string", "bad_value", incarnation="0")
    change("incarnation", "two parts", "bad_parts", parts=["a" * 64] * 2)
    for key, word in (("decision", "retry"), ("rule", "whim"), ("strategy", "simple_one_for_one"), ("by", "nobody!"), ("by", "")):
        change("supervise", f"{key} {word!r}", "bad_value", **{key: word})
    for key in ("restarts", "intensity", "period_ms", "delay_ms"):
        change("supervise", f"{key} as a string", "bad_value", **{key: "1"})
    change("supervise", "gives up by a crash", "conflict", decision="give_up", delay_ms=0, restarts=2)
    change("supervise", "restarts by intensity", "conflict", rule="intensity")
    change("supervise", "stops by intensity", "conflict", decision="stop", rule="intensity", delay_ms=0, restarts=2)
    change("supervise", "restarts what is kept", "conflict", rule="kept")
    change("supervise", "a delay before a stop", "conflict", decision="stop")
    change("supervise", "gives up too early", "conflict", decision="give_up", rule="intensity", delay_ms=0)
    change("supervise", "a restart too many", "conflict", restarts=2)
    for function in ("", "a b", "a" * 513):
        change("call", f"function {function[:20]!r}", "bad_value", function=function)
    change("call", "an unknown outcome", "bad_value", outcome="ok")
    change("call", "bodied with two parts", "bad_parts", bodied=True)
    change("call_bodied", "not bodied with three parts", "bad_parts", bodied=False)
    change("return", "an unknown outcome", "bad_value", outcome="trap")
    change("return", "three parts", "bad_parts", parts=["a" * 64] * 3)
    change("return_err", "two parts", "bad_parts", parts=["a" * 64] * 2)
    change("return", "fuel as a string", "bad_value", fuel="1")
    change("trap", "an unknown code", "bad_value", code="oom")
    change("trap", "two parts", "bad_parts", parts=["a" * 64] * 2)
    change("cut", "an unknown reason", "bad_value", reason="crash")
    change("cut_fuel", "fuel as a string", "bad_value", fuel="500")
    return bad


# ---------------------------------------------------------------- messages and values


def messages():
    rows = [
        ("init", "outside", None, '{"limit": 3}', '{"limit": 3}'),
        ("request", "outside", None, '{"a":1}', '{"type":"request","from":"outside","body":{"a":1}}'),
        ("send", "bank/teller-4", None, ' [1.0 , "é"]\n', '{"type":"send","from":"bank/teller-4","body": [1.0 , "é"]\n}'),
        ("timer", OWN, "7", '{"n": 1}', '{"type":"timer","from":"bank/teller-3","id":"7","body":{"n": 1}}'),
        ("undeliverable", OWN, None, '{"to":"nobody","reason":"no_actor","body":null}',
         '{"type":"undeliverable","from":"bank/teller-3","body":{"to":"nobody","reason":"no_actor","body":null}}'),
    ]
    rows = [dict(zip(("type", "from", "timer", "body", "text"), row)) for row in rows]
    for outcome, body, said in (("ok", ' [1.0]', ' [1.0]'), ("refused", 'no "such" account\n\u2028', '"no \\"such\\" account\\n\u2028"'),
                                ("crashed", '"out_of_bounds"', '"out_of_bounds"'), ("timeout", "null", "null"),
                                ("undelivered", '"no_actor"', '"no_actor"')):
        text = f'{{"type":"reply","from":"audit","request":"2097153","outcome":"{outcome}","body":{said}}}'
        rows.append({"type": "reply", "from": "audit", "request": "2097153", "outcome": outcome, "body": body, "text": text})
    news = '{"news":[{"child":"bank/teller-3/one","event":"crashed","head":"' + "ab" * 32 + '","reason":"stack","size":9}]}'
    rows.append({"type": "news", "from": OWN, "body": news, "text": f'{{"type":"news","from":"{OWN}","body":{news}}}'})
    rows.append({"type": "migrate", "from": "outside", "body": "null", "text": "null"})
    return [{k: v for k, v in row.items() if v is not None} for row in rows]


def t(kind, **keys):
    return {"kind": kind, **keys}


def values():
    """Types as in src/value; text is the encoding. bits are those of a float, in hex."""
    good, bad = [], []

    def yes(type, *texts, **more):
        good.extend({"type": type, "text": text, **more} for text in texts)

    def no(type, *texts):
        bad.extend({"type": type, "text": text} for text in texts)

    yes(t("bool"), "true", "false")
    no(t("bool"), "1", "0", '"true"', "null", "True", " true", "true ")
    for bits in (8, 16, 32):
        top = 2**bits
        yes(t(f"u{bits}"), "0", "1", str(top - 1))
        no(t(f"u{bits}"), str(top), "-1", "-0", "1.0", "1e2", "1.5", "01", '"1"', "null", "true", "+1")
        yes(t(f"s{bits}"), "0", "-1", str(top // 2 - 1), str(-top // 2))
        no(t(f"s{bits}"), str(top // 2), str(-top // 2 - 1), "-0", "1.0", "-01", '"1"', "null")
    yes(t("u64"), '"0"', '"1"', '"9007199254740993"', '"18446744073709551615"')
    no(t("u64"), "0", "1", '"18446744073709551616"', '"-1"', '"-0"', '"01"', '""', '" 1"', '"1 "', '"1.0"', '"0x1"',
       '"1e3"', '"+1"', '"1_0"', '"\\u0031"')
    yes(t("s64"), '"0"', '"-1"', '"9223372036854775807"', '"-9223372036854775808"')
    no(t("s64"), "0", '"9223372036854775808"', '"-9223372036854775809"', '"-0"', '"--1"', '"-"', '"-01"')

    def f64(bits):
        value = struct.unpack(">d", bytes.fromhex(bits))[0]
        yes(t("f64"), float_text(value), bits=bits)

    def f32(bits):
        value = struct.unpack(">f", bytes.fromhex(bits))[0]
        yes(t("f32"), float_text(value), bits=bits)

    for bits in ("0000000000000000", "8000000000000000", "3ff0000000000000", "bff0000000000000", "3fb999999999999a",
                 "0000000000000001", "000fffffffffffff", "0010000000000000", "7fefffffffffffff", "ffefffffffffffff",
                 "7ff0000000000000", "fff0000000000000", "7ff8000000000000", "4340000000000000", "4340000000000001",
                 "444b1ae4d6e2ef50", "444b1ae4d6e2ef4f", "3eb0c6f7a0b5ed8d", "3e7ad7f29abcaf48", "41b3de4355555553",
                 "400921fb54442d18", "43e158e460913d00", "becbf647612f3696", "44b52d02c7e14af6", "7fe1ccf385ebc8a0"):
        f64(bits)
    for bits in ("00000000", "80000000", "3f800000", "3dcccccd", "00000001", "007fffff", "00800000", "7f7fffff",
                 "ff7fffff", "7f800000", "ff800000", "7fc00000", "40490fdb", "4b800000", "60ad78ec"):
        f32(bits)
    for kind in ("f32", "f64"):
        no(t(kind), "-0", "0.0", "1.0", "1e2", "1E400", "NaN", "Infinity", "null", '"NaN"', '"Inf"', '"infinity"', '"0"',
           '"1"', "1e21", "1e+400", '"-nan"', "true", "00", ".5")
    no(t("f32"), "0.1", "16777217", "1e+39", "1e-50", "3.4028235677973366e+38")
    no(t("f64"), "0.10000000000000000555", "100000000000000000000000", "1e20", "0.0000001")
    yes(t("char"), '"a"', '"é"', '"世"', '"😀"', '"\\""', '"\\\\"', '"\\n"', '"\\u0000"', '"\\u001f"', '"\u007f"', '"\U0010ffff"',
        '"\ufeff"')
    no(t("char"), '""', '"ab"', '"e\u0301"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\ud800"', "97", '"\\/"', "'a'", '"\\u000A"')
    yes(t("string"), '""', '"a"', '"Grüße, 世界 😀"', '"\\b\\t\\n\\f\\r\\"\\\\"', '"\\u0000\\u000b\\u001f"', '"/"', '"\u2028\u2029"', '"e\u0301"')
    no(t("string"), '"\\/"', '"\\u0041"', '"\\u000a"', '"\\u001F"', '"\t"', '"\\ud800"', '"\\udc00\\ud800"', "null", "1", '"a',
       '"\\x41"', '"a" ')
    u8s = t("list", element=t("u8"))
    yes(u8s, '""', '"AA=="', '"aGVsbG8="', '"+/8="', '"AAEC"')
    no(u8s, "[]", "[1,2]", '"AA"', '"AA="', '"AB=="', '"AAB="', '"-_8="', '"A"', '"A==="', '" AA=="', '"AA==\\n"', "null", '"AA==AA=="')
    s8s = t("list", element=t("s8"))
    yes(s8s, "[]", "[-1,0,127]")
    no(s8s, '""', "[128]", "[1, 2]", "[1,]", "{}", "null")
    yes(t("list", element=t("string")), "[]", '["a",""]')
    yes(t("list", element=u8s), "[]", '["","AA=="]')
    yes(t("list", element=t("list", element=t("bool"))), "[]", "[[],[true]]")
    pair = t("tuple", elements=[t("u8"), t("string")])
    yes(pair, '[1,"a"]')
    no(pair, "[]", "[1]", '["a",1]', '[1,"a",2]', '{"0":1,"1":"a"}')
    yes(t("tuple", elements=[t("u64")]), '["1"]')
    record = t("record", fields=[{"name": "to-whom", "type": t("string")}, {"name": "n", "type": t("u8")},
                                 {"name": "at", "type": t("option", some=t("u64"))}])
    yes(record, '{"at":null,"n":1,"to-whom":"a"}', '{"at":"5","n":0,"to-whom":""}')
    no(record, '{"n":1,"to-whom":"a"}', '{"at":null,"n":1,"toWhom":"a"}', '{"to-whom":"a","n":1,"at":null}', "{}", "[]",
       '{"at":null,"n":1,"to-whom":"a","x":1}', '{"at":null,"n":1,"n":1,"to-whom":"a"}', "null")
    variant = t("variant", cases=[{"name": "none"}, {"name": "one", "type": t("u8")}, {"name": "many", "type": u8s},
                                  {"name": "maybe", "type": t("option", some=t("u8"))}])
    yes(variant, '"none"', '{"one":1}', '{"many":"AA=="}', '{"maybe":null}', '{"maybe":3}')
    no(variant, '"one"', '{"none":null}', '{"none":1}', '{"one":256}', '{"many":[0]}', '{"two":1}', "{}", '"two"',
       '{"many":"AA==","one":1}', "null", "0", '"maybe"')
    enum = t("enum", names=["debug", "info", "very-bad"])
    yes(enum, '"debug"', '"info"', '"very-bad"')
    no(enum, "0", '"veryBad"', '"Info"', '""', "null", '{"info":null}', '["info"]')
    flags = t("flags", names=["read", "write", "exec-all"])
    yes(flags, "[]", '["read"]', '["exec-all"]', '["read","exec-all"]', '["read","write","exec-all"]')
    no(flags, '["write","read"]', '["read","read"]', '["execAll"]', "0", "null", '"read"', "{}", '{"read":true}')
    option = t("option", some=t("u8"))
    yes(option, "null", "1")
    no(option, "[1]", "[]", "[null]", '{"some":1}', '"none"', "256")
    nested = t("option", some=option)
    yes(nested, "null", "[null]", "[1]")
    no(nested, "1", "[]", "[[1]]", "[1,1]", "[[null]]")
    third = t("option", some=nested)
    yes(third, "null", "[null]", "[[null]]", "[[1]]")
    no(third, "1", "[1]", "[]", "[[[1]]]")
    yes(t("option", some=t("list", element=t("u16"))), "null", "[]", "[1]")
    yes(t("option", some=t("result")), "null", '{"ok":null}', '{"err":null}')
    result = t("result", ok=t("u8"), err=t("string"))
    yes(result, '{"ok":1}', '{"err":"no"}')
    no(result, "1", '{"ok":null}', '{"err":null}', '{"ok":1,"err":"no"}', '{"err":"no","ok":1}', "{}", "null", '"ok"', '{"Ok":1}')
    yes(t("result"), '{"ok":null}', '{"err":null}')
    no(t("result"), '"ok"', '"err"', "null", '{"ok":1}', '{"ok":{}}')
    yes(t("result", ok=option), '{"ok":null}', '{"ok":1}', '{"err":null}')
    yes(t("result", err=enum), '{"ok":null}', '{"err":"info"}')
    for kind in ("own", "borrow"):
        handle = t(kind, resource="wasi:io/streams@0.2.6/input-stream")
        yes(handle, "1", "2")
        no(handle, "0", "-1", '"1"', "null", "1.5", "1.0")
    deep = t("record", fields=[{"name": "b", "type": t("list", element=variant)}, {"name": "a", "type": result}])
    yes(deep, '{"a":{"ok":7},"b":["none",{"one":1}]}')
    return {"good": good, "bad": bad}


def float_text(value):
    if value != value:
        return '"nan"'
    if value in (float("inf"), float("-inf")):
        return '"inf"' if value > 0 else '"-inf"'
    if value == 0:
        return '"-0"' if struct.pack(">d", value)[0] else "0"
    return check.number_text(value)


# ---------------------------------------------------------------- writing


def with_parts(maker):
    return [
        [{"salt": salt(number).hex(), "text": text} for text, number in parts] for parts in maker.parts
    ]


def read_chain(maker, parts=False):
    """Reads a chain with theater_check; the code of the refusal, and the chain so far."""
    chain = check.Chain()
    for text, given in zip(maker.texts, maker.parts):
        rows = [("present", salt(number), said.encode()) for said, number in given]
        try:
            chain.add(text.encode(), rows if parts else None)
        except check.Refused as error:
            return error.code, chain
    return None, chain


def summary(maker):
    _, chain = read_chain(maker)
    state = [e["seq"] for e in maker.entries
             if e["kind"] == "keyframe" or "fork_origin" in e or e["kind"] == "return" and e["outcome"] == "ok"]
    return {
        "size": chain.size,
        "hash": chain.hash,
        "origin": chain.origin,
        "activations": chain.activations,
        "turns": chain.turns,
        "incarnations": chain.incarnations,
        "open_turn": chain.turn["turn"] if chain.turn else None,
        "open_calls": chain.turn["calls"] if chain.turn else 0,
        "alive": chain.alive,
        "initialised": chain.initialised,
        "state_seq": state[-1] if state else None,
        "open_causes": sorted([[seq, cause.what] for seq, cause in chain.causes.items()
                               if not cause.spent and cause.what in ("accept", "send", "timer")]
                              + [[cause.entry["seq"], "request"] for cause in chain.requests.values() if cause]),
    }


def files():
    chains = []
    for name, maker in good_chains():
        code, chain = read_chain(maker, parts=True)
        assert code is None, (name, code, chain.size)
        chains.append({"name": name, "entries": maker.texts, "parts": with_parts(maker), "end": summary(maker)})
    yield "chain/chains.json", chains

    refusals = []
    for name, code, maker in bad_chains():
        got, chain = read_chain(maker)
        assert (got, chain.size) == (code, len(maker.texts) - 1), (name, code, got, chain.size)
        refusals.append({"name": name, "entries": maker.texts, "seq": chain.size, "code": code})
    yield "chain/chain_refusals.json", refusals

    refusals = []
    for name, code, maker in bad_parts():
        assert read_chain(maker)[0] is None, name
        got, chain = read_chain(maker, parts=True)
        assert (got, chain.size) == (code, len(maker.texts) - 1), (name, code, got, chain.size)
        refusals.append({"name": name, "entries": maker.texts, "parts": with_parts(maker), "seq": chain.size, "code": code})
    yield "chain/part_refusals.json", refusals

    rows = []
    for name, code, makers, unchecked in families():
        found, not_checked = judge_family(makers)
        assert len(found) == (0 if code is None else 1) and all(f": {code}" in each for each in found), (name, code, found)
        assert not_checked == unchecked, (name, not_checked)
        rows.append({"name": name, "code": code, "unchecked": dict(zip(("senders", "news", "forks"), unchecked)),
                     "chains": [{"origin": maker.origin, "entries": maker.texts, "parts": with_parts(maker)} for maker in makers]})
    yield "chain/families.json", rows

    texts, maker = examples()
    code, chain = read_chain(maker, parts=True)
    assert code is None, code
    yield "chain/entries.json", [
        {"name": name, "text": text, "hash": check.chain_hash(text.encode())} for name, text in texts.items()
    ]

    refusals = []
    for name, code, data in entry_refusals():
        try:
            check.parse(data)
            got = None
        except check.Refused as error:
            got = error.code
        assert got == code, (name, code, got)
        try:
            refusals.append({"name": name, "text": data.decode("utf-8"), "code": code})
        except UnicodeDecodeError:
            refusals.append({"name": name, "hex": data.hex(), "code": code})
    yield "chain/entry_refusals.json", refusals

    rows = []
    for number, data in enumerate((b"", b"null", b'{"n":1}', "Grüße".encode(), bytes(range(256)), b"a" * 1000)):
        inner = hashlib.sha256(data)
        rows.append({
            "hex": data.hex(),
            "salt": salt(number).hex(),
            "sha256": inner.hexdigest(),
            "commitment": hashlib.sha256(b"theater/part/v1\0" + salt(number) + inner.digest()).hexdigest(),
        })
    rows.append({**rows[0], "salt": "00" * 16,
                 "commitment": hashlib.sha256(b"theater/part/v1\0" + bytes(16) + hashlib.sha256(b"").digest()).hexdigest()})
    yield "chain/parts.json", rows
    yield "chain/messages.json", messages()
    yield "values/values.json", values()


PAGE = VECTORS.parent.parent / "docs" / "format" / "entry.md"
SHOWN = ("genesis", "genesis_fork", "keyframe", "accept", "receive", "receive_caused", "receive_timer", "receive_reply",
         "receive_news", "receive_migrate", "call", "call_bodied", "call_request", "return", "return_silent", "return_err",
         "return_deferred", "trap", "cut", "erase", "prune", "key", "incarnation", "supervise")


def page():
    """The page with its examples, which are its lines that begin with a brace, in order."""
    texts, _ = examples()
    shown = iter(SHOWN)
    lines = PAGE.read_text("utf-8").split("\n")
    return "\n".join(texts[next(shown)] if line.startswith("{") else line for line in lines)


def dump(rows):
    """One row a line, so that a change shows as one."""
    def line(row):
        return json.dumps(row, ensure_ascii=False)
    if isinstance(rows, list):
        return "[\n" + ",\n".join(map(line, rows)) + "\n]\n"
    return "{\n" + ",\n".join(
        f"{line(key)}: [\n" + ",\n".join(map(line, each)) + "\n]" for key, each in rows.items()
    ) + "\n}\n"


def main(argv):
    differs = False
    written = [(VECTORS / name, dump(rows)) for name, rows in files()] + [(PAGE, page())]
    for path, text in written:
        same = path.exists() and path.read_text("utf-8") == text
        differs |= not same
        if "--check" not in argv and not same:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        print(f"{'same' if same else 'DIFFERS':8}{path.relative_to(VECTORS.parent.parent)}")
    return 1 if differs and "--check" in argv else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
