// JSON out: what a script returns or sends must survive the way through JSON, or the script hears of it.
//
// JSON.stringify alone would turn NaN into null and a Map into {}, and drop functions, without a word.

const nativeStringify = JSON.stringify;
const { getPrototypeOf, keys } = Object;
const { isArray } = Array;
const { isFinite } = Number;

/** Object types that JSON.stringify would empty, and what to use in their place. */
const EMPTIED = [
  [Map, "an object"],
  [Set, "an array"],
  [WeakMap, "an object"],
  [WeakSet, "an array"],
  [RegExp, "its source text"],
  [Error, "its message"],
  [Promise, "its value"],
  [ArrayBuffer, "an array of numbers"],
];
const Binary = getPrototypeOf(Uint8Array);
const ObjectPrototype = Object.prototype;

/** Depth past which a value is taken for cyclic or hostile; JSON.parse of the engine ends near it. */
const DEPTH_MAX = 500;

/** A member of an object may be undefined: it is then absent, as in JSON.stringify. */
function check(value, path, depth) {
  switch (typeof value) {
    case "string":
    case "boolean":
      return;
    case "number":
      if (!isFinite(value)) refuse(path, `is ${value}; JSON has no such number`);
      return;
    case "object":
      break;
    case "undefined":
      return refuse(path, "is undefined; use null where there is nothing");
    case "bigint":
      return refuse(path, "is a BigInt; JSON has none: use a string, or a number if it is small");
    case "function":
      return refuse(path, "is a function; JSON has none");
    case "symbol":
      return refuse(path, "is a symbol; JSON has none");
  }
  if (value === null) return;
  if (depth > DEPTH_MAX) {
    refuse(path.slice(0, 80) + "…", `lies deeper than ${DEPTH_MAX} levels, or the value contains itself`);
  }
  if (isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      check(value[i], `${path}[${i}]`, depth + 1);
    }
    return;
  }
  if (typeof value.toJSON === "function") return;
  if (getPrototypeOf(value) !== ObjectPrototype) checkClass(value, path);
  for (const key of keys(value)) {
    if (value[key] !== undefined) check(value[key], memberPath(path, key), depth + 1);
  }
}

function memberPath(path, key) {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${nativeStringify(key)}]`;
}

function checkClass(value, path) {
  for (const [type, instead] of EMPTIED) {
    if (value instanceof type) {
      refuse(
        path,
        `is of type ${value.constructor?.name ?? "unknown"}, which JSON cannot hold: use ${instead}`,
      );
    }
  }
  if (value instanceof Binary) {
    refuse(path, `is a ${value.constructor?.name}, which JSON cannot hold: use an array of numbers, or text`);
  }
}

function refuse(path, why) {
  throw new TypeError(`${path} ${why}`);
}

let suspicious = false;

/**
 * A replacer that replaces nothing and notes what is not plain JSON. Called by the engine's own walk, it
 * adds a tenth to the time of JSON.stringify where a walk of our own would double it; so the walk that
 * knows the path runs only when something is wrong.
 */
function note(key, value) {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (value - value !== 0) suspicious = true; // NaN and the infinities
      return value;
    case "object":
      if (value !== null && !isArray(value) && getPrototypeOf(value) !== ObjectPrototype) suspicious = true;
      return value;
    case "undefined":
      if (key === "" || isArray(this)) suspicious = true;
      return value;
    default:
      suspicious = true;
      return value;
  }
}

/** The JSON text of `value`; a TypeError names the first member that JSON cannot hold. */
export function stringify(value, name) {
  suspicious = false;
  let text;
  try {
    text = nativeStringify(value, note);
  } catch (error) {
    check(value, name, 0);
    throw error; // By a toJSON() or a getter of the script.
  }
  if (suspicious) check(value, name, 0);
  if (text === undefined) refuse(name, "has a toJSON() that returns nothing");
  return text;
}
