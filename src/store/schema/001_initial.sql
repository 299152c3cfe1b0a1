-- Version 1 of the log. Written by the migration runner inside one transaction.
--
-- Entries are what is hashed: their text is kept to the byte and never changed.
-- Everything apart from `entry` and `blob` can be rebuilt from them.
-- People with the sqlite3 shell: the views at the end are for you.

-- The log itself: one row.
CREATE TABLE log (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  node       TEXT    NOT NULL CHECK (node GLOB '?*~' || replace(hex(zeroblob(16)), '0', '[0-9a-f]')),
  created_ms INTEGER NOT NULL
) STRICT;

-- Who may write: one row. A writer that finds another epoch than its own has been replaced.
CREATE TABLE writer (
  id            INTEGER PRIMARY KEY CHECK (id = 1),
  epoch         INTEGER NOT NULL,
  -- The last position given to a message; positions are never used again.
  mail_position INTEGER NOT NULL
) STRICT;

INSERT INTO writer VALUES (1, 0, 0);

-- One chain each, and where it stands.
CREATE TABLE actor (
  id          INTEGER PRIMARY KEY,
  address     TEXT    NOT NULL UNIQUE, -- also serves: one actor by address, all actors in order
  origin      TEXT    NOT NULL,        -- <node>/<address>
  size        INTEGER NOT NULL CHECK (size >= 0),
  head        TEXT    NOT NULL CHECK (length(head) = 64), -- chain hash of the last entry; zeros when there is none
  turns       INTEGER NOT NULL CHECK (turns >= 0),
  activations INTEGER NOT NULL CHECK (activations >= 0),
  bytes       INTEGER NOT NULL CHECK (bytes >= 0),        -- of entries and their parts
  status      TEXT    NOT NULL CHECK (status IN ('running', 'resting', 'failed'))
) STRICT;

-- One recorded crossing each, with what was said (its parts) beside it.
--
-- Rows of all actors are kept in the order of arrival, so that a commit writes
-- to the end of the file whoever speaks: keyed by (actor, seq) instead, a
-- hundred actors write half as fast. Parts stand in the row, as rows of their
-- own would cost as much again.
CREATE TABLE entry (
  id     INTEGER PRIMARY KEY,
  actor  INTEGER NOT NULL REFERENCES actor,
  seq    INTEGER NOT NULL CHECK (seq >= 0),
  entry  TEXT    NOT NULL CHECK (length(entry) <= 4096),
  -- One letter for each part: p present, d derivable (replay gives it back),
  -- w withheld (only in a bundle), e erased, x pruned (an entry says so).
  status TEXT    NOT NULL CHECK (length(status) BETWEEN 1 AND 4 AND status NOT GLOB '*[^pdwex]*'),
  -- The salts of all parts, 16 bytes each; zeros for parts that are neither present nor derivable.
  salts  BLOB    NOT NULL CHECK (length(salts) = 16 * length(status)),
  part_0 BLOB CHECK ((part_0 IS NULL) = (substr(status, 1, 1) <> 'p')),
  part_1 BLOB CHECK ((part_1 IS NULL) = (substr(status, 2, 1) <> 'p')),
  part_2 BLOB CHECK ((part_2 IS NULL) = (substr(status, 3, 1) <> 'p')),
  part_3 BLOB CHECK ((part_3 IS NULL) = (substr(status, 4, 1) <> 'p')),
  UNIQUE (actor, seq) -- serves: one entry, a range of a chain, and refuses a second entry in one place
) STRICT;

-- Bytes that entries refer to by their own means, such as components. Never named in an entry by this hash.
CREATE TABLE blob (
  sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64), -- serves: one blob by hash
  bytes  BLOB NOT NULL
) STRICT;

-- The state of an actor, whole: the one to which the entry at `seq` commits in its part `state`.
CREATE TABLE state (
  actor INTEGER PRIMARY KEY REFERENCES actor,
  seq   INTEGER NOT NULL CHECK (seq >= 0),
  bytes BLOB    NOT NULL
) STRICT;

-- Messages that wait for their turn.
CREATE TABLE mail (
  position     INTEGER PRIMARY KEY,
  actor        INTEGER NOT NULL REFERENCES actor,
  type         TEXT    NOT NULL CHECK (type IN ('request', 'send', 'timer', 'undeliverable')),
  sender       TEXT    NOT NULL,
  body         BLOB    NOT NULL,
  salt         BLOB    NOT NULL CHECK (length(salt) = 16),
  cause_origin TEXT    NOT NULL,
  cause_seq    INTEGER NOT NULL CHECK (cause_seq >= 0),
  cause        TEXT    NOT NULL CHECK (length(cause) = 64),
  key          BLOB,
  key_salt     BLOB CHECK ((key IS NULL) = (key_salt IS NULL) AND length(key_salt) = 16),
  timer        TEXT CHECK (timer NOT GLOB '*[^0-9]*')
) STRICT;

-- Serves: the messages that wait for one actor, in order.
CREATE INDEX mail_by_actor ON mail (actor, position);

-- Timers that were set and have not fired.
CREATE TABLE timer (
  actor        INTEGER NOT NULL REFERENCES actor,
  timer        TEXT    NOT NULL CHECK (timer NOT GLOB '*[^0-9]*'),
  due_ms       INTEGER NOT NULL,
  body         BLOB    NOT NULL,
  salt         BLOB    NOT NULL CHECK (length(salt) = 16),
  cause_origin TEXT    NOT NULL,
  cause_seq    INTEGER NOT NULL CHECK (cause_seq >= 0),
  cause        TEXT    NOT NULL CHECK (length(cause) = 64),
  PRIMARY KEY (actor, timer) -- serves: one timer, the timers of one actor
) STRICT, WITHOUT ROWID;

-- Serves: all timers by due time, when a host starts.
CREATE INDEX timer_by_due ON timer (due_ms, actor, timer);

-- Where a keyed message of an actor is found: its `accept` or `receive`.
CREATE TABLE key_index (
  actor INTEGER NOT NULL REFERENCES actor,
  key   BLOB    NOT NULL,
  seq   INTEGER NOT NULL CHECK (seq >= 0),
  PRIMARY KEY (actor, key) -- serves: one key of one actor
) STRICT, WITHOUT ROWID;

-- For people. Parts are shown as text where they are present, else as NULL.

-- One row per actor: SELECT * FROM actors;
CREATE VIEW actors AS
SELECT
  a.address, a.status, a.turns, a.activations, a.size AS entries, a.bytes,
  (SELECT count(*) FROM mail AS m WHERE m.actor = a.id) AS waiting,
  (SELECT count(*) FROM timer AS t WHERE t.actor = a.id) AS timers,
  a.head, a.origin
FROM actor AS a
ORDER BY a.address;

-- One row per entry: SELECT * FROM entries WHERE address = 'counter' AND kind = 'call';
CREATE VIEW entries AS
SELECT
  a.address,
  e.seq,
  e.entry ->> '$.kind' AS kind,
  strftime('%Y-%m-%dT%H:%M:%fZ', (e.entry ->> '$.time') / 1000.0, 'unixepoch') AS time,
  e.entry ->> '$.turn' AS turn,
  e.entry ->> '$.type' AS type,
  e.entry ->> '$.from' AS "from",
  e.entry ->> '$.function' AS function,
  e.entry ->> '$.outcome' AS outcome,
  coalesce(e.entry ->> '$.code', e.entry ->> '$.reason') AS reason,
  e.status AS parts,
  CAST(e.part_0 AS TEXT) AS part_0,
  CAST(e.part_1 AS TEXT) AS part_1,
  CAST(e.part_2 AS TEXT) AS part_2,
  CAST(e.part_3 AS TEXT) AS part_3,
  e.entry
FROM entry AS e JOIN actor AS a ON a.id = e.actor
ORDER BY a.address, e.seq;

-- One row per import call: SELECT function, arguments, result FROM calls;
CREATE VIEW calls AS
SELECT
  a.address,
  e.seq,
  e.entry ->> '$.turn' AS turn,
  e.entry ->> '$.call' AS call,
  strftime('%Y-%m-%dT%H:%M:%fZ', (e.entry ->> '$.time') / 1000.0, 'unixepoch') AS time,
  e.entry ->> '$.function' AS function,
  e.entry ->> '$.outcome' AS outcome,
  CAST(e.part_0 AS TEXT) AS arguments,
  CAST(e.part_1 AS TEXT) AS result,
  CAST(e.part_2 AS TEXT) AS body
FROM entry AS e JOIN actor AS a ON a.id = e.actor
WHERE e.entry ->> '$.kind' = 'call'
ORDER BY a.address, e.seq;

-- One row per message received, with how its turn ended: SELECT * FROM messages WHERE outcome <> 'ok';
CREATE VIEW messages AS
SELECT
  address, seq, turn, time, type, "from", body, key,
  -- ok, err (refused), trap or cut; NULL while the turn runs.
  coalesce(closing ->> '$.outcome', closing ->> '$.kind') AS outcome,
  CASE WHEN closing ->> '$.outcome' = 'ok' THEN second END AS response,
  -- The error that the actor gave, or of what it died.
  CASE WHEN closing ->> '$.outcome' IS NOT 'ok' THEN first END AS reason
FROM (
  SELECT
    a.address,
    r.seq,
    r.entry ->> '$.turn' AS turn,
    strftime('%Y-%m-%dT%H:%M:%fZ', (r.entry ->> '$.time') / 1000.0, 'unixepoch') AS time,
    r.entry ->> '$.type' AS type,
    r.entry ->> '$.from' AS "from",
    CAST(r.part_0 AS TEXT) AS body,
    CAST(r.part_1 AS TEXT) AS key,
    c.entry AS closing,
    CAST(c.part_0 AS TEXT) AS first,
    CAST(c.part_1 AS TEXT) AS second
  FROM entry AS r
  JOIN actor AS a ON a.id = r.actor
  LEFT JOIN entry AS c ON c.actor = r.actor AND c.seq = (
    SELECT n.seq FROM entry AS n
    WHERE n.actor = r.actor AND n.seq > r.seq AND n.entry ->> '$.kind' IN ('return', 'trap', 'cut')
    ORDER BY n.seq LIMIT 1
  )
  WHERE r.entry ->> '$.kind' = 'receive'
)
ORDER BY address, seq;

-- The states that are stored whole; the others come out of a replay: SELECT * FROM states;
CREATE VIEW states AS
SELECT a.address, s.seq, CAST(s.bytes AS TEXT) AS state
FROM state AS s JOIN actor AS a ON a.id = s.actor
UNION
SELECT a.address, e.seq, CAST(e.part_0 AS TEXT)
FROM entry AS e JOIN actor AS a ON a.id = e.actor
WHERE e.part_0 IS NOT NULL
  AND (e.entry ->> '$.kind' = 'keyframe' OR e.entry ->> '$.kind' = 'return' AND e.entry ->> '$.outcome' = 'ok')
ORDER BY 1, 2;
