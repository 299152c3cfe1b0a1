import { ComponentError, type Position } from "./component_error.ts";

/**
 * The grammar of names in the component model ("Explainer", section "Import and
 * export definitions"). It is what keeps a hostile name out of the JavaScript
 * that is generated: no quote, no backslash, no line end passes it.
 */

const fragment = "(?:[a-z0-9]+|[A-Z0-9]+)";
const label = `(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(?:-${fragment})*`;
// https://semver.org, section "Is there a suggested regular expression".
const number = "(?:0|[1-9][0-9]*)";
const preRelease = `(?:${number}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)`;
const version =
  `${number}\\.${number}\\.${number}(?:-${preRelease}(?:\\.${preRelease})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?`;

const labelPattern = new RegExp(`^${label}$`);
const functionPattern = new RegExp(
  `^(?:${label}|\\[constructor\\]${label}|\\[(?:method|static)\\]${label}\\.${label})$`,
);
const interfacePattern = new RegExp(`^${label}:${label}/${label}(?:@${version})?$`);

/** Longest name. What people write has some 100 characters, mangled symbols of C++ some 1,000. */
const nameLengthMax = 4096;

function check(name: string, pattern: RegExp, wanted: string, position: Position): string {
  if (name.length > nameLengthMax) {
    throw new ComponentError({
      code: "too_large",
      what: "characters in a name",
      max: nameLengthMax,
      got: name.length,
    });
  }
  if (!pattern.test(name)) throw new ComponentError({ code: "bad_name", position, wanted, name });
  return name;
}

/** A name of one label in kebab-case, such as `send-error`. */
export function checkLabel(name: string, position: Position): string {
  return check(name, labelPattern, "a name in kebab-case", position);
}

/** Whether the name is one of an interface: `namespace:package/interface@1.2.3`. */
export function isInterfaceName(name: string): boolean {
  return interfacePattern.test(name);
}

const futureNames: readonly (readonly [prefix: string, feature: string])[] = [
  ["[async", "an async function"],
  ["unlocked-dep=", "an import of another component by name"],
  ["locked-dep=", "an import of another component by name"],
  ["url=", "an import by URL"],
  ["integrity=", "an import by hash"],
  ["relative-url=", "an import by URL"],
];

/**
 * A name of an import or export: a label, a function of a resource
 * (`[constructor]x`, `[method]x.y`, `[static]x.y`), or an interface.
 */
export function checkExternName(name: string, position: Position): string {
  for (const [prefix, feature] of futureNames) {
    if (name.startsWith(prefix)) throw new ComponentError({ code: "unsupported", position, feature });
  }
  if (isInterfaceName(name)) return check(name, interfacePattern, "the name of an interface", position);
  return check(
    name,
    functionPattern,
    "a name in kebab-case or namespace:package/interface@version",
    position,
  );
}

/**
 * A name between core modules. The core format allows any text; the generated
 * JavaScript quotes it, so what could end a literal is refused, and everything
 * that compilers write (mangled symbols, WASI names, `$imports`) passes.
 */
export function checkCoreName(name: string, position: Position): string {
  return check(
    name,
    /^[A-Za-z0-9_$.:/@#!?<>()[\],;+*=~^%&|\- ]*$/,
    "a core name without quotes or escapes",
    position,
  );
}
