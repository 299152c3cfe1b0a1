-- Version 3: requests between actors, supervision, sleep. Nothing here is evidence: all of it can be rebuilt from entries.

-- SQLite cannot change a CHECK: two tables are made anew, and with them the views that read them.
DROP VIEW actors;
DROP VIEW entries;
DROP VIEW calls;
DROP VIEW messages;
DROP VIEW states;
DROP VIEW seals;

CREATE TABLE new_actor (
  id          INTEGER PRIMARY KEY,
  address     TEXT    NOT NULL UNIQUE, -- also serves: one actor by address, all actors in order
  origin      TEXT    NOT NULL,        -- <node>/<address>
  size        INTEGER NOT NULL CHECK (size >= 0),
  head        TEXT    NOT NULL CHECK (length(head) = 64), -- chain hash of the last entry; zeros when there is none
  turns       INTEGER NOT NULL CHECK (turns >= 0),
  activations INTEGER NOT NULL CHECK (activations >= 0),
  bytes       INTEGER NOT NULL CHECK (bytes >= 0),        -- of entries and their parts
  -- running: a host has it; asleep: a host has it, without a worker; resting: ended in order, with its host;
  -- stopped: ended by a wish or by its supervisor; failed: did not start, or its supervisor gave up.
  status      TEXT    NOT NULL CHECK (status IN ('running', 'asleep', 'resting', 'stopped', 'failed'))
) STRICT;
INSERT INTO new_actor SELECT * FROM actor;
DROP TABLE actor;
ALTER TABLE new_actor RENAME TO actor;

-- Messages that wait for their turn.
CREATE TABLE new_mail (
  position     INTEGER PRIMARY KEY,
  actor        INTEGER NOT NULL REFERENCES actor,
  type         TEXT    NOT NULL CHECK (type IN ('request', 'send', 'timer', 'undeliverable', 'reply', 'news')),
  sender       TEXT    NOT NULL,
  body         BLOB    NOT NULL,
  salt         BLOB    NOT NULL CHECK (length(salt) = 16),
  -- Where it was written down before: all three, or none with news.
  cause_origin TEXT CHECK ((cause_origin IS NULL) = (type = 'news')),
  cause_seq    INTEGER CHECK ((cause_seq IS NULL) = (type = 'news') AND cause_seq >= 0),
  cause        TEXT CHECK ((cause IS NULL) = (type = 'news') AND length(cause) = 64),
  key          BLOB,
  key_salt     BLOB CHECK ((key IS NULL) = (key_salt IS NULL) AND length(key_salt) = 16),
  timer        TEXT CHECK (timer NOT GLOB '*[^0-9]*'),
  -- Only of a reply: which request, and what became of it.
  request      TEXT CHECK ((request IS NULL) = (type <> 'reply') AND request NOT GLOB '*[^0-9]*'),
  outcome      TEXT CHECK ((outcome IS NULL) = (type <> 'reply')
                 AND outcome IN ('ok', 'refused', 'crashed', 'timeout', 'undelivered'))
) STRICT;
INSERT INTO new_mail SELECT *, NULL, NULL FROM mail;
DROP TABLE mail;
ALTER TABLE new_mail RENAME TO mail;

-- Serves: the messages that wait for one actor, in order.
CREATE INDEX mail_by_actor ON mail (actor, position);

-- Requests to other actors that have no reply yet.
CREATE TABLE request (
  actor        INTEGER NOT NULL REFERENCES actor, -- who asked
  request      TEXT    NOT NULL CHECK (request NOT GLOB '*[^0-9]*'),
  due_ms       INTEGER NOT NULL,                  -- when it times out
  callee       TEXT    NOT NULL,                  -- the address of who was asked
  cause_origin TEXT    NOT NULL,
  cause_seq    INTEGER NOT NULL CHECK (cause_seq >= 0), -- the call that asked
  cause        TEXT    NOT NULL CHECK (length(cause) = 64),
  PRIMARY KEY (actor, request) -- serves: one request, the requests of one actor
) STRICT, WITHOUT ROWID;

-- Serves: all requests by due time, when a host starts.
CREATE INDEX request_by_due ON request (due_ms, actor, request);

-- When children were restarted, as far back as their supervisor counts.
CREATE TABLE restart (
  id         INTEGER PRIMARY KEY,
  supervisor TEXT    NOT NULL, -- its address, or outside
  child      INTEGER NOT NULL REFERENCES actor,
  time_ms    INTEGER NOT NULL
) STRICT;

-- Serves: the restarts that one supervisor counts, and their going.
CREATE INDEX restart_by_supervisor ON restart (supervisor, time_ms, id);

-- For people. Parts are shown as text where they are present, else as NULL.

-- One row per actor: SELECT * FROM actors;
CREATE VIEW actors AS
SELECT
  a.address, a.status, a.turns, a.activations, a.size AS entries, a.bytes,
  (SELECT count(*) FROM mail AS m WHERE m.actor = a.id) AS waiting,
  (SELECT count(*) FROM timer AS t WHERE t.actor = a.id) AS timers,
  (SELECT count(*) FROM request AS r WHERE r.actor = a.id) AS requests,
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
  coalesce(e.entry ->> '$.code', e.entry ->> '$.reason', e.entry ->> '$.rule') AS reason,
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
-- Dead letters: SELECT * FROM messages WHERE outcome IN ('trap', 'cut');
CREATE VIEW messages AS
SELECT
  address, seq, turn, time, type, "from", body, key,
  -- Of a reply: to which request, and what became of that.
  request, reply,
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
    r.entry ->> '$.request' AS request,
    r.entry ->> '$.outcome' AS reply,
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

-- One row per decision of a supervisor: SELECT * FROM supervision WHERE decision = 'give_up';
CREATE VIEW supervision AS
SELECT
  a.address,
  e.seq,
  strftime('%Y-%m-%dT%H:%M:%fZ', (e.entry ->> '$.time') / 1000.0, 'unixepoch') AS time,
  e.entry ->> '$.decision' AS decision,
  e.entry ->> '$.rule' AS rule,
  e.entry ->> '$.strategy' AS strategy,
  e.entry ->> '$.by' AS "by",
  e.entry ->> '$.restarts' AS restarts,
  e.entry ->> '$.intensity' AS intensity,
  e.entry ->> '$.period_ms' AS period_ms,
  e.entry ->> '$.delay_ms' AS delay_ms,
  CAST(e.part_0 AS TEXT) AS reason
FROM entry AS e JOIN actor AS a ON a.id = e.actor
WHERE e.entry ->> '$.kind' = 'supervise'
ORDER BY a.address, e.seq;

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

-- One row per sealed head: SELECT * FROM seals WHERE address = 'counter';
CREATE VIEW seals AS
SELECT s.idx AS leaf, a.address, s.size, s.root
FROM seal AS s JOIN actor AS a ON a.id = s.actor
ORDER BY s.idx;
