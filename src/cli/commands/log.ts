import type { ActorRow, LogReader } from "../../store/mod.ts";
import { causalOrder } from "../causal_order.ts";
import { CliError } from "../cli_error.ts";
import { defineCommand } from "../command.ts";
import type { Context, Output } from "../context.ts";
import { createMatcher, type EntryFilter, letsAllThrough } from "../entry_filter.ts";
import { formatEntryJson } from "../entry_json.ts";
import { formatEntryLine, type LineLayout } from "../entry_line.ts";
import { streamEntries, type StreamRange } from "../entry_stream.ts";
import { type ExitCode, exitCode } from "../exit_code.ts";
import { followLog } from "../follow_log.ts";
import type { LoggedEntry } from "../logged_entry.ts";
import { moment } from "../moment.ts";
import { flag, list, optional, value } from "../option.ts";
import { widthOf } from "../printable.ts";
import { formatCount } from "../quantity.ts";
import { actorAddress, choice, countOrAll, type Span, span, text } from "../readers.ts";
import { readLog, requireActor } from "../read_log.ts";
import { toMoment } from "../timestamp.ts";
import { writeChunks } from "../write_chunks.ts";

const kinds = [
  "genesis",
  "keyframe",
  "accept",
  "receive",
  "call",
  "return",
  "trap",
  "cut",
  "erase",
  "prune",
  "key",
] as const;
const lastOnTerminal = 50;
const actorColumnsMost = 24;

const options = {
  kind: list(choice("<kind>", kinds), `only this kind of entry: ${kinds.join(", ")}; may be repeated`),
  function: list(
    text("<name>", "the name of a function"),
    "only calls of this function: log.write, log, write, or its whole name",
  ),
  turn: value(span, "only these turns, both ends included"),
  seq: value(span, "only these entries, both ends included"),
  since: value(moment, "not before: 10m, 2h, 14:03, 2026-03-01, 2026-03-01T14:03:22Z"),
  until: value(moment, "not after; as --since"),
  text: value(text("<text>", "some text"), "only entries in which this was said, as it was written"),
  last: value(countOrAll, "only the newest so many, or all (default: 50 on a terminal, else all)", "n"),
  follow: flag("then show what is recorded from now on, until interrupted", "f"),
  tree: flag("with the actors below it, each entry behind the one that caused it"),
  wide: flag("do not cut lines to the width of the terminal"),
  utc: flag("times in UTC instead of local time"),
} as const;

/** `theater log [actor]` */
export const log = defineCommand({
  name: "log",
  summary: "Show what was recorded, one line an entry",
  details: [
    "Shows number, time, actor (if there are several), kind, and what happened. Works while the " +
    "actors run and when they are stopped. With --json one JSON object a line: the entry as it was " +
    "hashed, its hash, and what was said.",
  ],
  options,
  operands: { actor: optional(actorAddress, "only this actor (default: all, in the order of time)") },
  examples: [
    { line: "theater log ledger", note: "the last 50 entries" },
    { line: "theater log ledger --kind trap --kind cut", note: "what went wrong" },
    { line: 'theater log --since 10m --text "overdraft"', note: "what was said of overdrafts just now" },
    {
      line: "theater log ledger --turn 12",
      note: "one turn: what came in, what it called, what it answered",
    },
    { line: "theater log --follow --function log.write", note: "what the actors write, as it happens" },
    { line: "theater log bank --tree", note: "a family's history, causes before what they caused" },
    { line: "theater log --json | jq .entry.kind", note: "for other programs" },
  ],
  run({ options, operands, global, context }) {
    return readLog(global.db, context.folder, async (reader) => {
      const nowMs = context.nowMs();
      const filter: EntryFilter = {
        kinds: options.kind,
        functions: options.function,
        turn: options.turn,
        sinceMs: options.since?.(nowMs),
        untilMs: options.until?.(nowMs),
        text: options.text,
      };
      const { out } = context;
      if (options.tree && options.follow) {
        const why = "what is recorded is shown as it comes, which is behind its cause anyway";
        throw new CliError({ code: "conflict", options: ["--tree", "--follow"], why });
      }
      const select = (): readonly ActorRow[] => {
        if (operands.actor === undefined) return reader.actors();
        const actor = requireActor(reader, operands.actor);
        if (!options.tree) return [actor];
        return reader.actors().filter(({ address }) =>
          address === actor.address || address.startsWith(`${actor.address}/`)
        );
      };
      const actors = select();
      const format = global.json
        ? formatEntryJson
        : createLineFormat(out, actors, { wide: options.wide, utc: options.utc, nowMs });
      const last = options.last ?? (out.columns === undefined || global.json ? Infinity : lastOnTerminal);
      // From here on an interrupt is the orderly end of a follow, also while it still shows what was there.
      const until = options.follow ? context.interrupts().first : undefined;
      await showRecorded(
        reader,
        actors,
        {
          filter,
          seq: options.seq,
          last,
          until,
          causal: options.tree,
        },
        format,
        context,
      );
      if (until === undefined) return exitCode.done;
      return await follow(
        reader,
        actors,
        select,
        { filter, seq: options.seq },
        (logged) => out.write(format(logged)),
        until,
      );
    });
  },
});

type Format = (logged: LoggedEntry) => string;

interface Selection {
  readonly filter: EntryFilter;
  readonly seq: Span | undefined;
}

function rangeOf(size: number, seq: Span | undefined): StreamRange {
  return { from: seq?.from ?? 0, to: Math.min(size, (seq?.to ?? Infinity) + 1) };
}

/** Whether so many entries pass that their parts are best read along with them. */
function wantsMostParts({ kinds, functions, turn }: EntryFilter): boolean {
  return kinds.length === 0 && functions.length === 0 && turn === undefined;
}

/** Shows what is there already: the newest `last`, oldest first. */
async function showRecorded(
  reader: LogReader,
  actors: readonly ActorRow[],
  { filter, seq, last, until, causal }: Selection & {
    readonly last: number;
    /** Each entry behind its cause; takes a look at all of them. */
    readonly causal: boolean;
    readonly until: AbortSignal | undefined;
  },
  format: Format,
  { out, err }: Context,
): Promise<void> {
  const options = {
    rangeOf: (actor: ActorRow) => rangeOf(actor.size, seq),
    withParts: wantsMostParts(filter),
  };
  const matches = createMatcher(filter);
  if (last === Infinity) {
    const inTime = streamEntries(reader, actors, options);
    const all = causal ? causalOrder(inTime) : inTime;
    return await writeChunks(out, mapWhere(all, matches, format), until);
  }
  const newest: LoggedEntry[] = [];
  let more = false;
  if (causal) {
    for (const logged of causalOrder(streamEntries(reader, actors, options))) {
      if (!matches(logged)) continue;
      if (newest.push(logged) <= last) continue;
      more = true;
      newest.shift();
    }
    if (more) await noteLeftOut(err, undefined);
    return await writeChunks(out, newest.values().map(format), until);
  }
  for (const logged of streamEntries(reader, actors, { ...options, backwards: true })) {
    if (!matches(logged)) continue;
    more = newest.length === last;
    if (more) break;
    newest.push(logged);
  }
  if (more) {
    const count = letsAllThrough(filter) ? countAll(actors, options.rangeOf) - newest.length : undefined;
    await noteLeftOut(err, count);
  }
  await writeChunks(out, newest.reverse().values().map(format), until);
}

function* mapWhere(
  entries: Iterable<LoggedEntry>,
  matches: (logged: LoggedEntry) => boolean,
  format: Format,
): Generator<string> {
  // Nothing for what does not match, so that an interrupt is noticed in between.
  for (const logged of entries) yield matches(logged) ? format(logged) : "";
}

function countAll(actors: readonly ActorRow[], range: (actor: ActorRow) => StreamRange): number {
  return actors.reduce((sum, actor) => {
    const { from, to } = range(actor);
    return sum + Math.max(0, to - from);
  }, 0);
}

function noteLeftOut(err: Output, count: number | undefined): Promise<void> {
  const which = count === undefined
    ? "older entries match, too"
    : `${formatCount(count)} older ${count === 1 ? "entry" : "entries"}`;
  return err.write(err.style.dim(`… ${which}; --last <n> or --last all shows more`) + "\n");
}

async function follow(
  reader: LogReader,
  shown: readonly ActorRow[],
  select: () => readonly ActorRow[],
  { filter, seq }: Selection,
  show: (logged: LoggedEntry) => Promise<void>,
  until: AbortSignal,
): Promise<ExitCode> {
  const matches = createMatcher(filter);
  for await (const logged of followLog(reader, shown, select, until)) {
    const { seq: at } = logged.entry;
    if (seq !== undefined && (at < seq.from || at > seq.to)) continue;
    if (matches(logged)) await show(logged);
  }
  return exitCode.interrupted;
}

/**
 * Formats entries as lines; what the columns look like is settled by what is there
 * at the start. On a terminal the date is a line of its own when it changes, so
 * that the lines stay short; elsewhere it stands in every line.
 */
function createLineFormat(
  out: Output,
  actors: readonly ActorRow[],
  { wide, utc, nowMs }: { readonly wide: boolean; readonly utc: boolean; readonly nowMs: number },
): Format {
  const widestActor = Math.max(...actors.map(({ address }) => widthOf(address)));
  const onTerminal = out.columns !== undefined;
  const actorRoom = wide || out.columns === undefined ? Infinity : Math.floor(out.columns / 4);
  const layout: LineLayout = {
    style: out.style,
    ...(wide || out.columns === undefined ? {} : { columns: out.columns }),
    utc,
    seqColumns: Math.max(3, ...actors.map(({ size }) => String(size).length)),
    ...(actors.length > 1 ? { actorColumns: Math.min(actorColumnsMost, widestActor, actorRoom) } : {}),
    dated: !onTerminal,
  };
  let shownDate = toMoment(nowMs, utc).date;
  return (logged) => {
    const { date } = toMoment(logged.entry.time, utc);
    const heading = onTerminal && date !== shownDate ? `${out.style.dim(date)}\n` : "";
    shownDate = date;
    return heading + formatEntryLine(logged.address, logged.entry, logged.parts(), layout);
  };
}
