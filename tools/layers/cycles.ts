/**
 * Finds cycles in a directed graph: one for each knot of nodes that reach each
 * other, as a path from its smallest node along the arrows back to it.
 */
export function findCycles(arrows: ReadonlyMap<string, Iterable<string>>): readonly (readonly string[])[] {
  return knots(arrows).map((knot) => shortestCycle(knot, arrows));
}

/** Strongly connected components of more than one node, or of one that points to itself (Tarjan 1972). */
function knots(arrows: ReadonlyMap<string, Iterable<string>>): ReadonlySet<string>[] {
  const found: ReadonlySet<string>[] = [];
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (node: string): number => {
    const index = order.size;
    order.set(node, index);
    let lowest = index;
    stack.push(node);
    for (const next of arrows.get(node) ?? []) {
      if (!order.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, order.get(next) ?? 0);
    }
    low.set(node, lowest);
    if (lowest === index) {
      const knot = new Set(stack.splice(stack.indexOf(node)));
      if (knot.size > 1 || [...arrows.get(node) ?? []].includes(node)) found.push(knot);
    }
    return lowest;
  };
  for (const node of [...arrows.keys()].sort()) if (!order.has(node)) visit(node);
  return found;
}

/** The shortest way from the smallest node of a knot back to itself. */
function shortestCycle(
  knot: ReadonlySet<string>,
  arrows: ReadonlyMap<string, Iterable<string>>,
): readonly string[] {
  const first = [...knot].sort()[0] ?? "";
  let paths: string[][] = [[first]];
  const seen = new Set<string>();
  while (paths.length > 0) {
    const longer: string[][] = [];
    for (const path of paths) {
      for (const next of [...arrows.get(path.at(-1) ?? "") ?? []].sort()) {
        if (next === first) return [...path, first];
        if (!knot.has(next) || seen.has(next)) continue;
        seen.add(next);
        longer.push([...path, next]);
      }
    }
    paths = longer;
  }
  throw new Error(`Cannot find the cycle through ${first}: the knot is none`);
}
