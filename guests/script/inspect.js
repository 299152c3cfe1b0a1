// Any value as one short text, for log lines and error messages.

const DEPTH_MAX = 5;
const MEMBERS_MAX = 100;

/** Strings at the top are shown as they are, everything else as it would be written in a program. */
export function inspect(value) {
  return typeof value === "string" ? value : show(value, 0, []);
}

function show(value, depth, above) {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return `[function ${value.name || "without a name"}]`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "boolean":
    case "undefined":
    case "symbol":
      return String(value);
    case "object":
      return value === null ? "null" : showObject(value, depth, above);
  }
}

function showObject(value, depth, above) {
  if (above.includes(value)) return "[itself]";
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Date) return isNaN(value) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  const name = value.constructor?.name ?? "";
  if (depth >= DEPTH_MAX) return Array.isArray(value) ? "[…]" : "{…}";
  const inner = (v) => show(v, depth + 1, [...above, value]);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = Array.from(value).slice(0, MEMBERS_MAX).map(inner);
    return `${Array.isArray(value) ? "" : name}[${list(items, value.length)}]`;
  }
  if (value instanceof Map) {
    const items = [...value].slice(0, MEMBERS_MAX).map(([k, v]) => `${inner(k)} => ${inner(v)}`);
    return `Map {${list(items, value.size)}}`;
  }
  if (value instanceof Set) return `Set {${list([...value].slice(0, MEMBERS_MAX).map(inner), value.size)}}`;
  const keys = Object.keys(value);
  const items = keys.slice(0, MEMBERS_MAX).map((key) => `${JSON.stringify(key)}: ${inner(value[key])}`);
  return `${name === "Object" || name === "" ? "" : `${name} `}{${list(items, keys.length)}}`;
}

function list(items, size) {
  return items.join(", ") + (size > items.length ? `, … ${size - items.length} more` : "");
}
