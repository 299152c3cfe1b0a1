import type { LogReader } from "../../src/store/mod.ts";
import type { Evidence } from "../../src/verify/mod.ts";

/** A log in memory, nothing of it sealed, as evidence for the judge. */
export function evidenceOf(reader: LogReader): Evidence {
  const whole = ({ status, salt, bytes }: ReturnType<LogReader["parts"]>[number]) => ({
    status,
    salt,
    bytes,
  });
  return {
    kind: reader.kind,
    node: reader.node,
    chains: () => reader.actors(),
    *entries(address) {
      for (const { seq, text, parts } of reader.records(address)) {
        yield { seq, text, parts: parts.map(whole) };
      }
    },
    entry(address, seq) {
      const found = reader.entry(address, seq);
      return found && { ...found, parts: reader.parts(address, seq).map(whole) };
    },
    state: reader.state,
    lineage: reader.lineage,
    seals: () => [],
    leaves: () => [],
    tile: () => undefined,
    tileCount: () => 0,
    checkpoints: () => [],
    blobs: () => [],
    hasBlob: (sha256) => reader.blob(sha256) !== undefined,
    strays: () => [],
  };
}
