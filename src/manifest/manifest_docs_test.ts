import { equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { canonicalize, type JsonValue } from "../codec/mod.ts";
import { LIMIT_KEYS } from "./limits.ts";
import { POLICY_KEYS, SUPERVISOR_KEYS } from "./supervision.ts";
import { DEFAULT_LIMITS, manifestJson, parseManifest } from "./mod.ts";

const page = readFileSync(new URL("../../docs/manifest.md", import.meta.url), "utf8");

/** The parser, on a piece of a manifest: what the page leaves out around an example is put back. */
function parsePiece(toml: string) {
  const top = toml.split(/^\[/m)[0] ?? "";
  const before = [
    ...(/^name/m.test(top) ? [] : ['name = "bank"']),
    ...(/^component/m.test(top) ? [] : ['component = "bank.ts"']),
    ...(toml.includes("[child.permissions]") ? ["permissions.log = true"] : []),
  ];
  return parseManifest([...before, toml].join("\n"), { path: "docs/manifest.md" });
}

const examples = [...page.matchAll(/```toml\n(.*?)```/gs)].map((match) => match[1] ?? "");

test("docs/manifest.md has an example for every key", () => {
  const keys = "name component params isolation permissions limits child manifest sha256 url path".split(" ");
  for (
    const key of [
      ...keys,
      ...Object.keys(LIMIT_KEYS),
      "log",
      "clock",
      "random",
      "timers",
      "environment",
      "send",
      ...SUPERVISOR_KEYS,
      ...POLICY_KEYS,
    ]
  ) {
    ok(examples.some((toml) => new RegExp(`\\b${key}\\b`).test(toml)), key);
  }
});

for (const toml of examples) {
  test(`the example ${JSON.stringify(toml).slice(0, 60)} is a manifest`, () =>
    ok(parsePiece(toml).name !== ""));
}

test("docs/manifest.md gives the defaults and ranges in force", () => {
  for (const [key, { field, min, max }] of Object.entries(LIMIT_KEYS)) {
    const cell = "\\| +(\\S+) +";
    const row = page.match(new RegExp(`^\\| \`${key}\` +${cell}${cell}${cell}\\|`, "m"));
    const setting = (value: string | undefined) =>
      parsePiece(`limits.${key} = ${value?.replaceAll("`", "")}`).limits[field];
    equal(setting(row?.[1]), DEFAULT_LIMITS[field], key);
    equal(setting(row?.[2]), min, key);
    equal(setting(row?.[3]), max, key);
  }
});

test("docs/manifest.md shows what is recorded", () => {
  const shown = JSON.parse(page.match(/```json\n(.*?)\n```/s)?.[1] ?? "") as JsonValue;
  const manifest = parsePiece(`permissions.log = true\n[[child]]\nname = "teller"\nmanifest = "t.toml"`);
  equal(manifestJson(manifest), canonicalize(shown));
});
