import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { theaterExports } from "./bundle.ts";
import { scriptComponent, theaterTypes } from "./own_content.ts";
import { scriptComponentSha256, scriptSourcesSha256 } from "./script_component.ts";
import { hashScriptSources } from "./script_sources.ts";

test("the script component is the one that is named", async () => {
  strictEqual(createHash("sha256").update(await scriptComponent()).digest("hex"), scriptComponentSha256);
});

test("the script component was built after the last change of its sources", async () => {
  strictEqual(
    await hashScriptSources(fileURLToPath(new URL("../../", import.meta.url))),
    scriptSourcesSha256,
  );
});

test("the types that authors get name what the bundler lets them import", async () => {
  const declared = [...(await theaterTypes()).matchAll(/^export (?:const|function|class) (\w+)/gm)].map((
    [, name],
  ) => name);
  deepStrictEqual(declared.sort(), [...theaterExports].sort());
});
