/** The docstring with which a module begins, without its stars. */
export function moduleDocstring(text: string): string | undefined {
  const block = /^\s*\/\*\*([\s\S]*?)\*\//.exec(text)?.[1];
  if (block === undefined || !/@module\b/.test(block)) return undefined;
  return block.split("\n").map((line) => line.replace(/^\s*\* ?/, "")).join("\n").trim();
}

/** What the docstring of a room's window lacks: a line each. */
export function docstringFaults(text: string, layer: number): readonly string[] {
  const docstring = moduleDocstring(text);
  if (docstring === undefined) {
    return ["Cannot read what this room is for: wanted a docstring with @module on top, got none"];
  }
  const faults: string[] = [];
  const stated = /\bLayer L?(\d+)\b/.exec(docstring)?.[1];
  if (stated !== String(layer)) {
    const got = stated === undefined ? "none" : `Layer ${stated}`;
    faults.push(
      `Cannot confirm the layer of this room: wanted "Layer ${layer}" in its docstring, got ${got}`,
    );
  }
  if (!/^```/m.test(docstring)) {
    faults.push("Cannot show how this room is used: wanted an example in its docstring, got none");
  }
  return faults;
}

/** The first sentence of a room's docstring, on one line. */
export function purpose(text: string): string {
  const paragraph = moduleDocstring(text)?.split(/\n\s*\n/)[0]?.replace(/\s+/g, " ") ?? "";
  const plain = paragraph.replace(/\{@linkcode (\w+)\}/g, "`$1`");
  return /^.*?[.](?= |$)/.exec(plain)?.[0] ?? plain;
}
