import { lineAt } from "./graph.ts";

/** Strings and comments, whichever begins first; strings stay, comments go. */
const stringOrComment =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

/** `Deno.x`, `globalThis["Deno"]`, `"Deno" in globalThis`, and the like. */
const runtimeName =
  /\b(Deno|Bun)(?:\?\.|\.)[A-Za-z]|["'](Deno|Bun)["']\s*(?:\]|in\b)|\btypeof\s+(Deno|Bun)\b/g;

/** Where a source asks which runtime it runs in, or uses what only one of them has. */
export function runtimeNames(text: string): readonly { readonly name: string; readonly line: number }[] {
  const code = text.replace(
    stringOrComment,
    (found) => found.startsWith("/") ? found.replace(/[^\n]/g, " ") : found,
  );
  return [...code.matchAll(runtimeName)].map((match) => ({
    name: match[1] ?? match[2] ?? match[3] ?? "",
    line: lineAt(code, match.index),
  }));
}
