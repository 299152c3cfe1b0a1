import { canonicalize, type JsonValue } from "../codec/mod.ts";
import { PARAMS_DEPTH_MAX } from "./manifest.ts";
import { type Findings, report } from "./problem.ts";
import { type Found, joinPath, reportType, reportValue } from "./table_reader.ts";

/** Turns `params` into canonical JSON. */
export function readParams(findings: Findings, found: Found): string {
  return canonicalize(toJson(findings, found, 0));
}

function toJson(findings: Findings, found: Found, depth: number): JsonValue {
  const { value, path } = found;
  switch (value.kind) {
    case "string":
    case "boolean":
      return value.value;
    case "integer":
      if (Number.isSafeInteger(Number(value.value))) return Number(value.value);
      reportValue(findings, found, "an integer within ±9007199254740991", undefined, "write it as a string");
      return null;
    case "float":
      if (Number.isFinite(value.value)) return value.value;
      reportValue(findings, found, "a number that JSON can hold");
      return null;
    case "date":
      reportType(findings, found, "a value that JSON can hold", "write it as a string");
      return null;
    case "array":
      if (tooDeep(findings, found, depth)) return null;
      return value.items.map((item, i) =>
        toJson(findings, { value: item, path: `${path}[${i}]` }, depth + 1)
      );
    case "table":
      if (tooDeep(findings, found, depth)) return null;
      // fromEntries() defines members, so "__proto__" is one like any other.
      return Object.fromEntries(
        [...value.entries].map(([key, entry]) => {
          return [key, toJson(findings, { value: entry.value, path: joinPath(path, key) }, depth + 1)];
        }),
      );
  }
}

function tooDeep(findings: Findings, found: Found, depth: number): boolean {
  if (depth < PARAMS_DEPTH_MAX) return false;
  const wanted = `at most ${PARAMS_DEPTH_MAX} levels of nesting`;
  report(findings, { code: "too_many", at: found.value.at, path: "params", wanted, got: "one more" });
  return true;
}
