import type { Entry, ReceiveEntry } from "./entry.ts";

/**
 * Writes an entry as its canonical text: RFC 8785, every key in its place.
 *
 * One template a kind instead of a general writer, as this runs for every entry:
 * no string of an entry needs escaping and every key is known. Precondition:
 * the entry keeps the rules of `docs/format/entry.md`; `appendEntry()` makes sure.
 *
 * Measured, a call of 440 bytes: 0.2 / 0.1 µs (Deno / Bun), its hash 0.8 / 0.5.
 */
export function serializeEntry(entry: Entry): string {
  switch (entry.kind) { // No default: a new kind fails to compile here.
    case "genesis":
      return `{${entry.abandons === undefined ? "" : `"abandons":"${entry.abandons}",`}` +
        `${entry.fork_entry === undefined ? "" : `"fork_entry":"${entry.fork_entry}",`}` +
        `${entry.fork_origin === undefined ? "" : `"fork_origin":"${entry.fork_origin}",`}` +
        `${entry.fork_root === undefined ? "" : `"fork_root":"${entry.fork_root}",`}` +
        `${entry.fork_seq === undefined ? "" : `"fork_seq":${entry.fork_seq},`}` +
        `${entry.key === undefined ? "" : `"key":"${entry.key}",`}` +
        `"kind":"genesis","origin":"${entry.origin}","parts":${list(entry.parts)},"prev":"${entry.prev}",` +
        `"seq":${entry.seq},"time":${entry.time},"v":1}`;
    case "keyframe":
      return `{"activation":${entry.activation},"kind":"keyframe","parts":${list(entry.parts)},` +
        `"prev":"${entry.prev}","reason":"${entry.reason}","seq":${entry.seq},"time":${entry.time},` +
        `"turn":${entry.turn},"v":1}`;
    case "accept":
      return `{"from":"${entry.from}","keyed":${entry.keyed},"kind":"accept","parts":${list(entry.parts)},` +
        `"prev":"${entry.prev}","seq":${entry.seq},"time":${entry.time},"type":"${entry.type}","v":1}`;
    case "receive":
      return `{${cause(entry)}"from":"${entry.from}","keyed":${entry.keyed},"kind":"receive",` +
        `${entry.outcome === undefined ? "" : `"outcome":"${entry.outcome}",`}` +
        `"parts":${list(entry.parts)},"prev":"${entry.prev}",` +
        `${entry.request === undefined ? "" : `"request":"${entry.request}",`}` +
        `"seq":${entry.seq},"time":${entry.time},` +
        `${entry.timer === undefined ? "" : `"timer":"${entry.timer}",`}` +
        `"turn":${entry.turn},"type":"${entry.type}","v":1}`;
    case "call":
      return `{"bodied":${entry.bodied},"call":${entry.call},"function":"${entry.function}","kind":"call",` +
        `"outcome":"${entry.outcome}","parts":${list(entry.parts)},"prev":"${entry.prev}",` +
        `"seq":${entry.seq},"time":${entry.time},"turn":${entry.turn},"v":1}`;
    case "return":
      return `{"calls":${entry.calls},${
        entry.deferred === undefined ? "" : `"deferred":${entry.deferred},`
      }` +
        `"effects":${entry.effects},"fuel":${entry.fuel},"kind":"return",` +
        `"outcome":"${entry.outcome}","parts":${list(entry.parts)},"prev":"${entry.prev}",` +
        `"seq":${entry.seq},"time":${entry.time},"turn":${entry.turn},"v":1}`;
    case "trap":
      return `{"calls":${entry.calls},"code":"${entry.code}","effects":${entry.effects},` +
        `"fuel":${entry.fuel},"kind":"trap","parts":${list(entry.parts)},"prev":"${entry.prev}",` +
        `"seq":${entry.seq},"time":${entry.time},"turn":${entry.turn},"v":1}`;
    case "cut":
      return `{"calls":${entry.calls},"effects":${entry.effects},` +
        `${entry.fuel === undefined ? "" : `"fuel":${entry.fuel},`}"kind":"cut",` +
        `"parts":${list(entry.parts)},"prev":"${entry.prev}","reason":"${entry.reason}",` +
        `"seq":${entry.seq},"time":${entry.time},"turn":${entry.turn},"v":1}`;
    case "erase":
      return `{"kind":"erase","parts":${list(entry.parts)},"prev":"${entry.prev}",` +
        `"roles":${list(entry.roles)},"seq":${entry.seq},"target":${entry.target},` +
        `"time":${entry.time},"v":1}`;
    case "prune":
      return `{"before":${entry.before},"kind":"prune","parts":${list(entry.parts)},` +
        `"prev":"${entry.prev}","seq":${entry.seq},"time":${entry.time},"v":1}`;
    case "key":
      return `{"key":"${entry.key}","kind":"key","parts":${list(entry.parts)},"prev":"${entry.prev}",` +
        `"seq":${entry.seq},"since":${entry.since},"time":${entry.time},"v":1}`;
    case "incarnation":
      return `{${cause(entry)}"incarnation":${entry.incarnation},"kind":"incarnation",` +
        `"parts":${list(entry.parts)},"prev":"${entry.prev}","seq":${entry.seq},"time":${entry.time},"v":1}`;
    case "supervise":
      return `{"by":"${entry.by}","decision":"${entry.decision}","delay_ms":${entry.delay_ms},` +
        `"intensity":${entry.intensity},"kind":"supervise","parts":${list(entry.parts)},` +
        `"period_ms":${entry.period_ms},"prev":"${entry.prev}","restarts":${entry.restarts},` +
        `"rule":"${entry.rule}","seq":${entry.seq},"strategy":"${entry.strategy}","time":${entry.time},"v":1}`;
  }
}

function cause(entry: Pick<ReceiveEntry, "cause" | "cause_origin" | "cause_seq">): string {
  return `${entry.cause === undefined ? "" : `"cause":"${entry.cause}",`}` +
    `${entry.cause_origin === undefined ? "" : `"cause_origin":"${entry.cause_origin}",`}` +
    `${entry.cause_seq === undefined ? "" : `"cause_seq":${entry.cause_seq},`}`;
}

function list(parts: readonly string[]): string {
  return parts.length === 0 ? "[]" : `["${parts.join('","')}"]`; // An empty one is refused by every reader.
}
