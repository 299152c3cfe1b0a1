/** An actor in its place below its parent. */
export interface TreeLine {
  readonly address: string;
  /** Branches and name, such as `├ teller-3`; the whole address where the parent is not listed. */
  readonly label: string;
}

interface Node {
  readonly address: string;
  readonly children: Node[];
}

/** Orders addresses as a tree, parents before their children, siblings by name. */
export function actorTree(addresses: readonly string[]): readonly TreeLine[] {
  const nodes = new Map(addresses.map((address): [string, Node] => [address, { address, children: [] }]));
  const roots: Node[] = [];
  for (const address of [...addresses].sort()) {
    const node = nodes.get(address);
    if (node !== undefined) (nodes.get(parentOf(address))?.children ?? roots).push(node);
  }
  const lines: TreeLine[] = [];
  // A stack, not recursion: an address can have hundreds of segments.
  const waiting = roots.map((node) => ({ node, indent: "", branch: "", below: "" })).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, indent, branch, below } = next;
    const name = branch === "" ? node.address : node.address.slice(parentOf(node.address).length + 1);
    lines.push({ address: node.address, label: indent + branch + name });
    const last = node.children.length - 1;
    for (let i = last; i >= 0; i--) {
      const child = node.children[i];
      if (child === undefined) continue;
      const [childBranch, childBelow] = i === last ? ["└ ", "  "] : ["├ ", "│ "];
      waiting.push({ node: child, indent: indent + below, branch: childBranch, below: childBelow });
    }
  }
  return lines;
}

function parentOf(address: string): string {
  return address.slice(0, Math.max(0, address.lastIndexOf("/")));
}
