/**
 * The code of a JavaScript text with its strings, templates and comments
 * blanked out, so that what is left can be searched for words. Parts of the text
 * keep their places; the code within `${…}` of a template stays.
 *
 * Knows no literals of regular expressions: jco writes none, and a slash in
 * another role ends here as one.
 *
 * @returns `undefined` where a literal or comment does not end.
 */
export function blankLiterals(text: string): string | undefined {
  const blank = (part: string) => part.replace(/[^\n]/g, " ");
  const literal = /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|`|[{}]|["']|\/\*/g;
  const templatePart = /(?:[^`\\$]|\\[^]|\$(?!\{))*(`|\$\{)/y;
  let out = "";
  let at = 0;
  // For each open `${`, how many braces are open within it.
  const open: number[] = [];

  /** Moves past the rest of a template from `from`; false where it does not end. */
  function template(from: number): boolean {
    templatePart.lastIndex = from;
    const match = templatePart.exec(text);
    if (match === null) return false;
    out += blank(match[0]);
    at = from + match[0].length;
    if (match[1] === "${") open.push(0);
    return true;
  }

  for (;;) {
    literal.lastIndex = at;
    const match = literal.exec(text);
    if (match === null) break;
    const [token] = match;
    out += text.slice(at, match.index);
    at = match.index + token.length;
    const depth = open.at(-1);
    if (token === "`") {
      out += " ";
      if (!template(at)) return undefined;
    } else if (token === "}" && depth === 0) {
      open.pop();
      out += " ";
      if (!template(at)) return undefined;
    } else if (token === "{" || token === "}") {
      if (depth !== undefined) open[open.length - 1] = depth + (token === "{" ? 1 : -1);
      out += token;
    } else if (token === '"' || token === "'" || token === "/*") {
      return undefined;
    } else {
      out += blank(token);
    }
  }
  return open.length > 0 ? undefined : out + text.slice(at);
}
