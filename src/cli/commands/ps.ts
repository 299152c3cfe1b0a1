import { NODE_ADDRESS } from "../../address/mod.ts";
import type { ActorRow, LogReader } from "../../store/mod.ts";
import { actorTree } from "../actor_tree.ts";
import { defineCommand } from "../command.ts";
import { type Column, formatColumns } from "../columns.ts";
import { type Decision, lastDecision } from "../last_decision.ts";
import { lastTrouble, type Trouble } from "../last_trouble.ts";
import { exitCode } from "../exit_code.ts";
import { readEntry } from "../logged_entry.ts";
import { flag } from "../option.ts";
import { printable } from "../printable.ts";
import { formatAgo, formatBytes, formatCount } from "../quantity.ts";
import { readLog } from "../read_log.ts";
import type { Style } from "../style.ts";

/** An actor and what its chain says of it. */
interface Seen {
  readonly actor: ActorRow;
  /** Time of its last entry, milliseconds since 1970. */
  readonly lastMs: number | undefined;
  readonly trouble: Trouble | undefined;
  /** The last decision of its supervisor; only with --tree. */
  readonly decision: Decision | undefined;
}

/** `theater ps` */
export const ps = defineCommand({
  name: "ps",
  summary: "List the actors of a log and how they are",
  details: [
    "Actors stand below their parents. The status is that of the last commit: running (a host holds " +
    "it, or was ended by force), asleep (without a worker until there is something to do), resting (stopped " +
    "in order with its host), stopped (ended by a wish, or by its " +
    "supervisor), failed (did not start, or its supervisor gave up). The last error is a trap, a cut or a " +
    "failed start among the last 1,000 entries of the actor. With --tree there is also the last decision of " +
    "its supervisor among these entries.",
  ],
  options: { tree: flag("with what supervisors decided; it is a tree anyway") },
  operands: {},
  examples: [
    { line: "theater ps", note: "the actors of the log in this folder" },
    { line: "theater ps --db other.db", note: "those of another log" },
    { line: "theater ps --json | jq -r .actor", note: "an object for each actor, one a line" },
  ],
  run({ options, global, context: { out, err, folder, nowMs } }) {
    return readLog(global.db, folder, async (reader, path) => {
      const seen = (actor: ActorRow): Seen => ({
        actor,
        lastMs: lastTime(reader, actor),
        trouble: lastTrouble(reader, actor),
        decision: options.tree ? lastDecision(reader, actor) : undefined,
      });
      // The chain of the node itself is no actor.
      const actors = reader.actors().filter(({ address }) => address !== NODE_ADDRESS);
      if (global.json) {
        for (const actor of actors) await out.write(`${formatJson(seen(actor))}\n`);
        return exitCode.done;
      }
      if (actors.length === 0) {
        await err.write(`no actors in ${path} yet\n`);
        return exitCode.done;
      }
      const byAddress = new Map(actors.map((actor) => [actor.address, actor]));
      const rows = actorTree([...byAddress.keys()]).flatMap(({ address, label }) => {
        const actor = byAddress.get(address);
        return actor === undefined ? [] : [{ label, ...seen(actor) }];
      });
      const decided = rows.some(({ decision }) => decision !== undefined);
      const columns = columnsFor(out.style, nowMs(), decided);
      await out.write(formatColumns(columns, rows, describeTrouble, out.style, out.columns));
      return exitCode.done;
    });
  },
});

function columnsFor(
  style: Style,
  nowMs: number,
  decided: boolean,
): readonly Column<Seen & { readonly label: string }>[] {
  return [
    { title: "actor", cell: ({ label }) => label, paint: style.bold },
    {
      title: "status",
      cell: ({ actor }) => actor.status,
      paint: (cell) => cell.startsWith("failed") ? style.red(cell) : cell,
    },
    { title: "turns", cell: ({ actor }) => formatCount(actor.turns), right: true },
    { title: "entries", cell: ({ actor }) => formatCount(actor.size), right: true },
    { title: "size", cell: ({ actor }) => formatBytes(actor.bytes), right: true },
    { title: "last entry", cell: ({ lastMs }) => lastMs === undefined ? "" : formatAgo(nowMs - lastMs) },
    ...(decided
      ? [{
        title: "last decision",
        cell: ({ decision }: Seen) =>
          decision === undefined ? "" : `${decision.what}, ${formatAgo(nowMs - decision.time)}`,
      }]
      : []),
  ];
}

function describeTrouble({ trouble }: Seen): string {
  if (trouble === undefined) return "";
  return printable(`${trouble.what} (entry ${trouble.seq}): ${trouble.said}`);
}

function lastTime(reader: LogReader, { address, size }: ActorRow): number | undefined {
  const stored = reader.entry(address, size - 1);
  return stored === undefined ? undefined : readEntry(reader, address, stored).entry.time;
}

function formatJson({ actor, lastMs, trouble, decision }: Seen): string {
  const { address, origin, status, turns, activations, size, bytes, head } = actor;
  return JSON.stringify({
    actor: address,
    origin,
    status,
    turns,
    activations,
    entries: size,
    bytes,
    head,
    last_entry_ms: lastMs ?? null,
    last_error: trouble ?? null,
    ...(decision !== undefined && { last_decision: decision }),
  });
}
