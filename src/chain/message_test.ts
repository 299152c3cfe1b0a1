import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { parseCanonical } from "../codec/mod.ts";
import { callsPerTurn, type HashHex, newsBody, requestId, turnOfId } from "./mod.ts";

const ids: readonly (readonly [turn: number, call: number, id: string])[] = [
  [0, 0, "0"],
  [0, 1, "1"],
  [1, 0, "1048576"],
  [2, 7, "2097159"],
  [2 ** 44 - 1, callsPerTurn - 1, "18446744073709551615"],
];
for (const [turn, call, id] of ids) {
  test(`requestId() names call ${call} of turn ${turn}, and turnOfId() tells the turn`, () => {
    equal(requestId(turn, call), id);
    equal(turnOfId(id), turn);
  });
}

test("newsBody() writes canonical JSON, whatever the order of the members", () => {
  const head = "ab".repeat(32) as HashHex;
  const news = { size: 3, reason: 'said "no"', head, event: "crashed", child: "a/b" };
  const body = newsBody([news, { ...news, size: 4 }]);
  equal(
    body.slice(0, 110),
    `{"news":[{"child":"a/b","event":"crashed","head":"${"ab".repeat(30)}`.slice(0, 110),
  );
  deepEqual(parseCanonical(body), { news: [news, { ...news, size: 4 }] });
});
