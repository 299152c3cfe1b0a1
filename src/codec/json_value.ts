/** Any JSON value. Numbers are IEEE 754 doubles, as RFC 8785 has it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/**
 * A JSON object. A member's name comes from outside: ask `Object.hasOwn` before
 * reading one that may be absent, or "constructor" is found on the prototype.
 */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** Whether a value is an object, not an array, and not null. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The member of this name that the object itself has, or undefined. */
export function memberOf(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Adds a member. Assignment would set the prototype where the name is "__proto__". */
export function setMember(object: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name === "__proto__") {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[name] = value;
  }
}
