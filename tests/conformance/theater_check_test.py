#!/usr/bin/env python3
"""Tests of theater_check.py: logs built from the vectors, whole and damaged.

    theater_check_test.py     exit 0 if every one of them got its verdict
"""

import contextlib
import io
import json
import pathlib
import sqlite3
import tempfile
import unittest

import make_vectors
import theater_check as check

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = "".join((ROOT / f"src/store/schema/{name}.sql").read_text("utf-8") for name in ("001_initial", "002_proof", "003_supervision"))


def build(path, makers, node=make_vectors.NODE):
    """A log with these chains, as docs/format/database.md has it."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA journal_mode = MEMORY")
    database.executescript(SCHEMA)
    database.execute(f"PRAGMA application_id = {0x54687472}")
    database.execute("PRAGMA user_version = 3")
    database.execute("INSERT INTO log VALUES (1, ?, 0, 'log')", (node,))
    for id, maker in enumerate(makers, 1):
        origin = maker.origin or make_vectors.ORIGIN
        address = origin.split("/", 1)[1]
        stand = (len(maker.texts), maker.hashes[-1], maker.turn() + 1, maker.count("keyframe"))
        database.execute("INSERT INTO actor VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'resting')",
                         (id, address, origin, *stand))
        for seq, (text, parts) in enumerate(zip(maker.texts, maker.parts)):
            columns = [said.encode() for said, _ in parts] + [None] * (4 - len(parts))
            salts = b"".join(make_vectors.salt(number) for _, number in parts)
            database.execute(
                "INSERT INTO entry (actor, seq, entry, status, salts, part_0, part_1, part_2, part_3)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (id, seq, text, "p" * len(parts), salts, *columns))
        tree = check.Tree()
        for hashed in maker.hashes:
            tree.push(bytes.fromhex(hashed))
        database.execute("INSERT INTO seal VALUES (?, ?, ?, ?)", (id - 1, id, tree.size, tree.root().hex()))
    database.commit()
    return database


def run(path):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = check.main(["theater_check.py", str(path)])
    return code, out.getvalue()


def counter():
    m = make_vectors.started()
    m.receive()
    m.call()
    m.ok()
    return m


def two_chains(to=make_vectors.OWN, body='{"note":"hi"}', twice=False):
    """A send of one actor that is received by another, of the same log."""
    sender = make_vectors.Maker(make_vectors.NODE + "/audit").started()
    sender.receive()
    at = sender.send(to)
    sender.ok(effects=1)
    receiver = make_vectors.started()
    for _ in range(2 if twice else 1):
        receiver.receive("send", body, repeat=sender.parts[at][2:], cause=sender.hashes[at], cause_seq=at,
                         cause_origin=sender.origin, **{"from": "audit"})
        receiver.ok()
    return [sender, receiver]


class Logs(unittest.TestCase):
    def verdict(self, wanted, text, makers, *damage):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a log?.db"
            database = build(path, makers)
            for sql in damage:
                for statement in sql.split(";"):
                    database.execute(statement)
            database.commit()
            database.close()
            code, out = run(path)
            self.assertEqual(code, wanted, out)
            self.assertIn(text, out)

    def test_every_good_chain_verifies(self):
        for name, maker in make_vectors.good_chains():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "log.db"
                build(path, [maker], maker.origin.split("/", 1)[0]).close()
                code, out = run(path)
                self.assertEqual(code, 0, out)

    def test_every_bad_chain_is_refuted(self):
        for name, code, maker in make_vectors.bad_chains() + make_vectors.bad_parts():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "log.db"
                build(path, [maker]).close()
                got, out = run(path)
                self.assertEqual(got, 2 if code in check.UNKNOWN else 1, out)
                self.assertIn(code, out)

    def test_families_of_chains(self):
        for name, code, makers, unchecked in make_vectors.families():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "log.db"
                build(path, makers).close()
                got, out = run(path)
                self.assertEqual(got, 0 if code is None else 1, out)
                self.assertIn(code or "verified", out)
                self.assertIn("senders         %d messages" % unchecked[0], out)
                self.assertIn("news            %d of" % unchecked[1], out)
                self.assertIn("forks           %d off" % unchecked[2], out)

    def test_lines_verify_and_are_refuted(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "chains.jsonl"
            texts = counter().texts + make_vectors.Maker(make_vectors.NODE + "/other").started().texts
            path.write_text("\n".join(texts) + "\n")
            self.assertEqual(run(path)[0], 0)
            path.write_text("\n".join(texts[1:]) + "\n")
            self.assertEqual(run(path)[0], 1)
            path.write_text("\n".join(texts[:3] + [""] + texts[3:]) + "\n")
            self.assertEqual(run(path)[0], 1)
            path.write_text("")
            self.assertEqual(run(path)[0], 1)

    def test_damage(self):
        for wanted, text, sql in (
            (1, "wrong_seq", "DELETE FROM entry WHERE seq = 3"),
            (1, "row_differs", "DELETE FROM entry WHERE seq = 7"),
            (1, "wrong_genesis", "DELETE FROM entry"),
            (1, "stray", "DELETE FROM actor"),
            (1, "row_differs", "UPDATE actor SET turns = 9"),
            (1, "row_differs", "UPDATE actor SET head = '" + "0" * 64 + "'"),
            (1, "row_differs", "UPDATE log SET node = 'home~" + "0" * 32 + "'"),
            (1, "wrong_prev", "UPDATE entry SET entry = replace(entry, '\"time\":17', '\"time\":16') WHERE seq = 2"),
            (1, "row_differs", "UPDATE entry SET entry = replace(entry, '\"time\":17', '\"time\":16') WHERE seq = 7"),
            (1, "bad_syntax", "UPDATE entry SET entry = entry || ' ' WHERE seq = 2"),
            (2, "unknown_version", "UPDATE entry SET entry = replace(entry, '\"v\":1', '\"v\":2') WHERE seq = 2;"
                                   "DELETE FROM seal"),
            (1, "part_commitment", "UPDATE entry SET part_0 = CAST('{\"add\":2}' AS BLOB) WHERE seq = 5"),
            (1, "part_commitment", "UPDATE entry SET salts = zeroblob(16) WHERE seq = 5"),
            (1, "part_commitment", "UPDATE entry SET part_0 = part_1, part_1 = part_0 WHERE seq = 6"),
            (1, "part_missing", "UPDATE entry SET part_0 = NULL, status = 'd' WHERE seq = 5"),
            (1, "part_missing", "UPDATE entry SET part_0 = NULL, status = 'e' WHERE seq = 5"),
            (1, "part_missing", "UPDATE entry SET part_0 = NULL, status = 'x' WHERE seq = 5"),
            (1, "part_missing", "UPDATE entry SET part_1 = NULL, status = 'p', salts = substr(salts, 1, 16) WHERE seq = 7"),
            (1, "state_row", "INSERT INTO state VALUES (1, 7, CAST('{\"n\":2}' AS BLOB))"),
            (1, "state_row", "INSERT INTO state VALUES (1, 5, CAST('{\"n\":1}' AS BLOB))"),
            (1, "state_row", "INSERT INTO state VALUES (1, 8, CAST('{\"n\":1}' AS BLOB))"),
            (1, "blob_hash", "INSERT INTO blob VALUES ('" + "0" * 64 + "', x'00')"),
            (2, "not a log", "PRAGMA application_id = 0"),
            (2, "version 9", "PRAGMA user_version = 9"),
            (2, "no such table", "DROP TABLE entry"),
            (0, "verified", "UPDATE entry SET part_0 = NULL, status = 'dp' WHERE seq = 7"),
            (1, "part_missing", "UPDATE entry SET part_0 = NULL, status = 'w', salts = zeroblob(16) WHERE seq = 5"),
            (0, "verified", "UPDATE entry SET part_0 = NULL, status = 'w', salts = zeroblob(16) WHERE seq = 5;"
                            "UPDATE log SET kind = 'bundle'"),
            (1, "part_missing", "UPDATE entry SET part_0 = NULL, status = 'w' WHERE seq = 5; UPDATE log SET kind = 'bundle'"),
            (1, "seal_root", "UPDATE seal SET root = '" + "0" * 64 + "'"),
            (1, "seal_root", "UPDATE seal SET size = 7"),
            (1, "seal_beyond", "UPDATE seal SET size = 9"),
            (1, "seal_order", "INSERT INTO seal SELECT 1, actor, size, root FROM seal"),
            (1, "leaf_order", "UPDATE seal SET idx = 1"),
            (1, "leaf_absent", "INSERT INTO leaf VALUES (1, '" + "0" * 64 + "')"),
            (0, "1 of them", "INSERT INTO leaf VALUES (1, '" + "0" * 64 + "'); UPDATE log SET kind = 'bundle'"),
            (1, "stray", "INSERT INTO seal VALUES (1, 7, 1, '" + "0" * 64 + "')"),
            (1, "tile_extra", "INSERT INTO tile VALUES (1, 0, 0, zeroblob(8192))"),
            (1, "tile_extra", "INSERT INTO tile VALUES (0, 0, 0, zeroblob(8192))"),
            (1, "checkpoint_form", "INSERT INTO checkpoint VALUES (1, 'nothing')"),
            (0, "verified", "INSERT INTO state VALUES (1, 7, CAST('{\"n\":1}' AS BLOB))"),
        ):
            with self.subTest(sql):
                self.verdict(wanted, text, [counter()], sql)

    def test_what_is_erased_or_pruned_must_be_said(self):
        erased = "UPDATE entry SET part_0 = NULL, salts = zeroblob(16), status = 'e' WHERE seq = 5"
        m = counter()
        m.erase(5, "body")
        self.verdict(0, "verified", [m], erased)
        self.verdict(1, "part_missing", [m], erased.replace("'e'", "'x'"))
        m = counter()
        m.erase(3, "body")
        self.verdict(1, "part_missing", [m], erased)

        def prune(*seqs):
            return [sql for seq in seqs for sql in (
                f"INSERT INTO pruned VALUES (1, {seq}, '{m.hashes[seq]}')", f"DELETE FROM entry WHERE seq = {seq}")]

        def long(before=None):
            m = counter()
            kept = m.accept()
            self.assertEqual(kept, 8)
            m.instantiated("wake", '{"n":1}')  # 9 and 10
            if before is not None:
                m.prune(before)
            m.receive(cause=kept, repeat=kept)
            m.ok()
            return m
        m = long(9)
        self.verdict(0, "pruned          7", [m], *prune(2, 3, 4, 5, 6, 7, 8))
        self.verdict(0, "pruned          4", [m], *prune(5, 6, 7, 8))
        self.verdict(0, "verified", [m], *prune(2, 3, 4, 5, 6, 7, 8),
                     "UPDATE entry SET part_0 = NULL, part_1 = NULL, part_2 = NULL, part_3 = NULL, status = 'xxxx',"
                     " salts = zeroblob(64) WHERE seq = 1")
        self.verdict(1, "wrong_pruned", [m], *prune(5, 6, 7))
        self.verdict(1, "wrong_activation", [m], *prune(1, 2, 3, 4, 5, 6, 7, 8))
        self.verdict(1, "wrong_pruned", [m], *prune(0))
        self.verdict(1, "wrong_pruned", [m], *prune(2, 3, 4, 5, 6, 7, 8, 10))
        self.verdict(1, "row_differs", [m], *prune(len(m.hashes) - 1), f"DELETE FROM pruned")
        self.verdict(1, "wrong_prev", [m], *prune(2, 3, 4, 5, 6, 7, 8),
                     f"UPDATE pruned SET hash = '{'0' * 64}' WHERE seq = 8")
        self.verdict(1, "wrong_seq", [m], *prune(2, 3, 4, 5, 6, 7, 8), "DELETE FROM pruned WHERE seq = 4")
        m = long()
        self.verdict(1, "wrong_pruned", [m], *prune(5, 6, 7, 8))
        m = long(1)
        self.verdict(1, "wrong_pruned", [m], *prune(5, 6, 7, 8))
        m = long(9)
        m.receive(cause=8, repeat=8)
        self.verdict(1, "cause_spent", [m], *prune(5, 6, 7, 8))

    def test_causes_between_chains(self):
        self.verdict(0, "senders         0", two_chains())
        self.verdict(0, "senders         1", two_chains()[1:])
        self.verdict(1, "cause_spent", two_chains(twice=True))
        self.verdict(1, "cause_result", two_chains(to="somebody/else"))
        sender, receiver = two_chains()
        sender.texts[-1:], sender.hashes[-1:], sender.parts[-1:], sender.entries[-1:] = [], [], [], []
        self.verdict(1, "wrong_cause", [sender, receiver])
        sender.err(effects=1)
        self.verdict(1, "wrong_cause", [sender, receiver])
        receiver = make_vectors.started()
        sender, _ = two_chains()
        receiver.receive("send", '{"note":"hi"}', cause=sender.hashes[6], cause_seq=6, cause_origin=sender.origin,
                         **{"from": "audit"})
        self.verdict(1, "cause_differs", [sender, receiver])

    def test_what_is_no_log(self):
        self.assertEqual(run("/nonexistent/log.db")[0], 2)
        self.assertEqual(check.main(["theater_check.py"]), 2)


class Numbers(unittest.TestCase):
    def test_numbers_are_written_as_ecmascript_writes_them(self):
        for value, text in (
            (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-1.5, "-1.5"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
            (1.5e21, "1.5e+21"), (1e-6, "0.000001"), (1e-7, "1e-7"), (1.25e-7, "1.25e-7"), (123456789012345680000.0,
            "123456789012345680000"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
            (9007199254740993.0, "9007199254740992"), (0.1, "0.1"), (4.35, "4.35"), (1e23, "1e+23"), (333333333.3333333,
            "333333333.3333333"), (0.001, "0.001"), (1234.5, "1234.5"),
        ):
            self.assertEqual(check.number_text(value), text)


if __name__ == "__main__":
    unittest.main()
