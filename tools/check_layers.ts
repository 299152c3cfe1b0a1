/**
 * Checks that the house is built as planned: that rooms import only downwards,
 * only through each other's window, and without cycles. The plan is
 * `layers/plan.ts`.
 *
 * Run: `deno task layers`, or with `--diagram` to write the diagram of the
 * rooms into `docs/architecture.md`. Ends with 1 when something is not as
 * planned, or the diagram is out of date.
 *
 * @module
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { diagram, withDiagram } from "./layers/diagram.ts";
import { describeFault, findFaults } from "./layers/faults.ts";
import { roomOf } from "./layers/graph.ts";
import { plan } from "./layers/plan.ts";
import { readGraph } from "./layers/read_graph.ts";

const args = process.argv.slice(2);
const write = args.includes("--diagram");
const folder = args.find((each) => !each.startsWith("--"));
const top = folder === undefined ? fileURLToPath(new URL("..", import.meta.url)) : resolve(folder);
const documentPath = "docs/architecture.md";

const graph = readGraph(top);
const faults = findFaults(graph, plan).map(describeFault);

if (existsSync(join(top, documentPath))) {
  const before = readFileSync(join(top, documentPath), "utf8");
  const after = withDiagram(before, diagram(graph, plan));
  if (write && after !== before) writeFileSync(join(top, documentPath), after);
  if (!write && after !== before) {
    faults.push(
      `${documentPath}:1: Cannot accept the diagram of the rooms: wanted what the imports say now, got an older one; ` +
        "run deno task layers --diagram",
    );
  }
}

for (const fault of faults) console.error(fault);
const rooms = new Set([...graph.keys()].map(roomOf));
rooms.delete(undefined);
const count = `${graph.size} files in ${rooms.size} rooms`;
console.log(
  faults.length === 0
    ? `Layers: ${count}, as planned`
    : `Layers: ${count}, ${faults.length} ${faults.length === 1 ? "fault" : "faults"}`,
);
if (faults.length > 0) process.exitCode = 1;
