import { test } from "node:test";
import { equal, throws } from "node:assert/strict";
import { diagram, markers, withDiagram } from "./diagram.ts";
import type { Graph } from "./graph.ts";
import { plan } from "./plan.ts";

function file(text: string, ...targets: string[]) {
  return { text, imports: targets.map((target) => ({ specifier: target, target, line: 1 })) };
}

const graph: Graph = new Map([
  ["src/codec/mod.ts", file("/** Bytes | texts. More. @module */")],
  ["src/chain/mod.ts", file("/** Chains. @module */", "src/codec/mod.ts")],
  ["src/store/mod.ts", file("/** The store. @module */", "src/codec/mod.ts", "src/chain/mod.ts", "node:fs")],
  ["src/store/a_test.ts", file("", "src/actor/mod.ts")],
]);

test("diagram() draws direct imports and lists all", () => {
  equal(
    diagram(graph, plan),
    `\`\`\`mermaid
flowchart TD
  subgraph L2
    direction LR
    store
  end
  subgraph L1
    direction LR
    chain
  end
  subgraph L0
    direction LR
    codec
  end
  chain --> codec
  store --> chain
\`\`\`

| Layer | Room | What it is for | Imports |
|---|---|---|---|
| 2 | \`store\` | The store. | chain, codec |
| 1 | \`chain\` | Chains. | codec |
| 0 | \`codec\` | Bytes \\| texts. | nothing |`,
  );
});

test("withDiagram() replaces what stands between the markers, and nothing else", () => {
  const document = `# Title\n\n${markers.begin}\nold\n${markers.end}\n\nmore\n`;
  const wanted = `# Title\n\n${markers.begin}\n\nnew\n\n${markers.end}\n\nmore\n`;
  equal(withDiagram(document, "new"), wanted);
  equal(withDiagram(wanted, "new"), wanted);
});

test("withDiagram() refuses a document without markers", () => {
  throws(() => withDiagram("# Title\n", "new"), RangeError);
});
