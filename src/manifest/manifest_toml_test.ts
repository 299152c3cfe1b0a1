import { equal, match } from "node:assert/strict";
import { test } from "node:test";
import { manifestJson, manifestToml, parseManifest } from "./mod.ts";

const options = { name: "fork", component: { path: "fork.js" }, about: ["a fork of bank"] };
const path = "bank.toml";

const manifests: readonly (readonly [name: string, toml: string])[] = [
  ["nothing but a name", ""],
  [
    "permissions",
    'permissions = { log = true, clock = true, send = ["bank/*", "x"], environment = ["LANG"] }',
  ],
  ["limits", 'limits = { turn_ms = 7, memory = "2MiB", mailbox = 3, state = "1MiB" }'],
  [
    "params",
    'params = { a = [1, -2.5, 1e300], "b c" = { d = "q\\"\\\\\\n\\u007f\\u20ac" }, e = true, f = {}, g = [] }',
  ],
  ["a supervisor", 'supervisor = { strategy = "one_for_all", intensity = 3, news = true }'],
  ["a string as params", 'params = "x"'],
];
for (const [name, toml] of manifests) {
  test(`a manifest that was recorded with ${name} can be written again`, () => {
    const recorded = parseManifest(`name = "bank"\ncomponent = "bank.ts"\n${toml}\n`, { path });
    const again = parseManifest(manifestToml(manifestJson(recorded), options), { path });
    equal(again.name, "fork");
    equal(
      manifestJson({ ...again, name: recorded.name, component: recorded.component }),
      manifestJson(recorded),
    );
  });
}

test("what the component hashes to can be pinned", () => {
  const sha256 = "ab".repeat(32);
  const recorded = manifestJson(parseManifest('name = "bank"\ncomponent = "bank.wasm"\n', { path }));
  const { component } = parseManifest(
    manifestToml(recorded, { ...options, component: { path: "x.wasm", sha256 } }),
    { path },
  );
  equal(JSON.stringify(component), JSON.stringify({ kind: "file", path: "x.wasm", sha256 }));
});

test("params with a null are left out, and it is said", () => {
  const recorded = manifestJson(parseManifest('name = "bank"\ncomponent = "bank.wasm"\n', { path }))
    .replace('"params":null', '"params":{"a":[null]}');
  match(manifestToml(recorded, options), /\n# params: they hold a null, which TOML does not have\n/);
});
