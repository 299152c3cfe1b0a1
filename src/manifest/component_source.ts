import type { ComponentSource } from "./manifest.ts";
import type { Findings } from "./problem.ts";
import {
  find,
  type Found,
  type Reading,
  readString,
  refuseUnknownKeys,
  reportMissing,
  reportType,
  reportValue,
} from "./table_reader.ts";

const FORMS = '"file.wasm", "file.ts", { path = "…" } or { url = "https://…", sha256 = "…" }';
const EXTENSIONS = [".wasm", ".ts", ".js", ".mts", ".mjs"];

/** Reads `component`, which may be a path or a table. */
export function readComponent(findings: Findings, found: Found): ComponentSource | undefined {
  if (found.value.kind === "string") return readPath(findings, found, {});
  if (found.value.kind !== "table") {
    reportType(findings, found, FORMS);
    return undefined;
  }
  const reading: Reading = { table: found.value, path: found.path, findings };
  refuseUnknownKeys(reading, ["path", "url", "sha256"]);
  const [path, url] = [find(reading, "path"), find(reading, "url")];
  if (path !== undefined && url !== undefined) {
    reportValue(findings, url, "either path or url", "both");
    return undefined;
  }
  const sha256At = find(reading, "sha256");
  const sha256 = sha256At === undefined ? undefined : readSha256(findings, sha256At);
  if (path !== undefined) return readPath(findings, path, sha256 === undefined ? {} : { sha256 });
  if (url === undefined) {
    reportMissing(reading, "path", FORMS);
    return undefined;
  }
  if (sha256At === undefined) {
    reportMissing(reading, "sha256", "the SHA-256 of what the url gives: 64 lowercase hex digits");
  }
  return readUrl(findings, url, sha256);
}

function readPath(
  findings: Findings,
  found: Found,
  pin: { readonly sha256?: string },
): ComponentSource | undefined {
  const path = readString(findings, found, "a path");
  if (path === undefined) return undefined;
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
    reportValue(
      findings,
      found,
      "a path",
      undefined,
      'write { url = "https://…", sha256 = "…" } for what is far away',
    );
    return undefined;
  }
  if (path.includes("\0") || !EXTENSIONS.some((extension) => path.endsWith(extension))) {
    reportValue(findings, found, `a path that ends in ${EXTENSIONS.join(", ")}`);
    return undefined;
  }
  return { kind: "file", path, ...pin };
}

function readUrl(findings: Findings, found: Found, sha256: string | undefined): ComponentSource | undefined {
  const text = readString(findings, found, "an https URL");
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (
    url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "" || url.hash !== ""
  ) {
    reportValue(findings, found, "an https URL without name, password and fragment");
    return undefined;
  }
  return sha256 === undefined ? undefined : { kind: "url", url: url.href, sha256 };
}

function readSha256(findings: Findings, found: Found): string | undefined {
  const wanted = "64 lowercase hex digits";
  const text = readString(findings, found, wanted);
  if (text === undefined || /^[0-9a-f]{64}$/.test(text)) return text;
  reportValue(findings, found, wanted);
  return undefined;
}
