-- Version 2: what proofs are made of. Everything here save `checkpoint`, `leaf` and `pruned` can be rebuilt from entries.

-- A log is written by its host; a bundle is a copy of chosen actors, which nobody writes to again.
ALTER TABLE log ADD COLUMN kind TEXT NOT NULL DEFAULT 'log' CHECK (kind IN ('log', 'bundle'));

-- Merkle trees, as far as they never change: 256 hashes that stand side by side,
-- at a level that counts tiles (a hash of level 1 is the root of a tile of level 0).
-- The right edge of a tree is not here: it comes out of the last entries and tiles.
CREATE TABLE tile (
  tree   INTEGER NOT NULL, -- 0 the tree of the node, else the actor
  level  INTEGER NOT NULL CHECK (level >= 0),
  idx    INTEGER NOT NULL CHECK (idx >= 0),
  hashes BLOB    NOT NULL CHECK (length(hashes) = 8192),
  PRIMARY KEY (tree, level, idx) -- serves: one tile
) STRICT, WITHOUT ROWID;

-- The leaves of the node's tree, in order: where an actor's tree stood when it was sealed.
CREATE TABLE seal (
  idx   INTEGER PRIMARY KEY CHECK (idx >= 0), -- serves: one leaf, leaves in order
  actor INTEGER NOT NULL REFERENCES actor,
  size  INTEGER NOT NULL CHECK (size > 0),
  root  TEXT    NOT NULL CHECK (length(root) = 64)
) STRICT;

-- Serves: the seals of one actor, newest first.
CREATE INDEX seal_by_actor ON seal (actor, idx);

-- Only in a bundle: leaf hashes of actors that are not in it.
CREATE TABLE leaf (
  idx  INTEGER PRIMARY KEY CHECK (idx >= 0),
  hash TEXT    NOT NULL CHECK (length(hash) = 64)
) STRICT;

-- What the node has signed, by the size of its tree.
CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY CHECK (size > 0),
  note TEXT    NOT NULL
) STRICT;

-- Entries of which only the chain hash is left; an entry of the chain says so.
CREATE TABLE pruned (
  actor INTEGER NOT NULL REFERENCES actor,
  seq   INTEGER NOT NULL CHECK (seq >= 0),
  hash  TEXT    NOT NULL CHECK (length(hash) = 64),
  PRIMARY KEY (actor, seq) -- serves: the hashes of a range of a chain
) STRICT, WITHOUT ROWID;

-- For people. One row per sealed head: SELECT * FROM seals WHERE address = 'counter';
CREATE VIEW seals AS
SELECT s.idx AS leaf, a.address, s.size, s.root
FROM seal AS s JOIN actor AS a ON a.id = s.actor
ORDER BY s.idx;
