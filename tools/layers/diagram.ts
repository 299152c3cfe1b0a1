import { roomArrows } from "./faults.ts";
import type { Graph } from "./graph.ts";
import type { Plan } from "./plan.ts";
import { purpose } from "./window.ts";

/** Between these lines of a document stands what {@linkcode diagram} makes. */
export const markers = {
  begin: "<!-- rooms: begin, written by tools/check_layers.ts -->",
  end: "<!-- rooms: end -->",
};

/**
 * The rooms as they are, in Markdown: a diagram of their imports, and a table.
 * An arrow that follows from two others is left out of the diagram; the table
 * has all of them.
 */
export function diagram(graph: Graph, plan: Plan): string {
  const arrows = roomArrows(graph);
  const rooms = [...arrows.keys()].sort();
  const layers = [...new Set(rooms.map((room) => plan.rooms[room]?.layer ?? -1))].sort((a, b) => b - a);
  const inLayer = (layer: number) => rooms.filter((room) => plan.rooms[room]?.layer === layer);
  const lines = ["```mermaid", "flowchart TD"];
  for (const layer of layers) {
    lines.push(`  subgraph L${layer}`, "    direction LR");
    for (const room of inLayer(layer)) lines.push(`    ${room}`);
    lines.push("  end");
  }
  for (const from of rooms) {
    for (const to of direct(from, arrows)) lines.push(`  ${from} --> ${to}`);
  }
  lines.push("```", "", "| Layer | Room | What it is for | Imports |", "|---|---|---|---|");
  for (const layer of layers) {
    for (const room of inLayer(layer)) {
      const imported = [...arrows.get(room) ?? []].sort().join(", ") || "nothing";
      const what = purpose(graph.get(`src/${room}/mod.ts`)?.text ?? "").replaceAll("|", "\\|");
      lines.push(`| ${layer} | \`${room}\` | ${what} | ${imported} |`);
    }
  }
  return lines.join("\n");
}

/** The rooms that `from` imports and that nothing else it imports leads to. */
function direct(from: string, arrows: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const to = [...arrows.get(from) ?? []].sort();
  return to.filter((room) =>
    !to.some((other) => other !== room && leadsTo(other, room, arrows, new Set([from])))
  );
}

function leadsTo(
  from: string,
  wanted: string,
  arrows: ReadonlyMap<string, ReadonlySet<string>>,
  seen: Set<string>,
): boolean {
  if (seen.has(from)) return false;
  seen.add(from);
  const to = arrows.get(from) ?? new Set<string>();
  return to.has(wanted) || [...to].some((next) => leadsTo(next, wanted, arrows, seen));
}

/**
 * Puts `made` between the markers of a document.
 *
 * @throws {RangeError} when the markers are not there
 */
export function withDiagram(document: string, made: string): string {
  const begin = document.indexOf(markers.begin);
  const end = document.indexOf(markers.end);
  if (begin < 0 || end < begin) {
    throw new RangeError(
      `Cannot place the diagram: wanted the lines ${markers.begin} and ${markers.end}, got none`,
    );
  }
  return `${document.slice(0, begin + markers.begin.length)}\n\n${made}\n\n${document.slice(end)}`;
}
