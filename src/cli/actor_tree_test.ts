import { test } from "node:test";
import { deepEqual } from "node:assert/strict";
import { actorTree } from "./actor_tree.ts";

test("actorTree() puts children below their parents", () => {
  const addresses = [
    "bank/teller-2",
    "bank",
    "shop",
    "bank/teller-1",
    "bank/teller-1/till",
    "bank-a",
    "bank/teller-2/till",
  ];
  deepEqual(actorTree(addresses).map(({ label }) => label), [
    "bank",
    "├ teller-1",
    "│ └ till",
    "└ teller-2",
    "  └ till",
    "bank-a",
    "shop",
  ]);
});

test("actorTree() shows the whole address where the parent is not listed", () => {
  deepEqual(actorTree(["bank/teller", "bank/teller/till"]), [
    { address: "bank/teller", label: "bank/teller" },
    { address: "bank/teller/till", label: "└ till" },
  ]);
});
