-- Version 4: where forks come from.

-- Of an actor that is forked off another: the proof that its parent's chain was there, as its genesis says.
CREATE TABLE lineage (
  actor INTEGER PRIMARY KEY REFERENCES actor,
  proof TEXT    NOT NULL -- JSON, theater/proof/v1
) STRICT;
