import { strictEqual } from "node:assert/strict";
import { test } from "node:test";
import { createRoom } from "./room.ts";
import { utf8Length } from "./utf8_length.ts";

test("a room takes texts exactly while there are bytes for them", () => {
  const texts = ["", "a", "é", "\u20ac", "😀", "abc", "éé€"];
  for (let max = 0; max <= 60; max++) {
    const room = createRoom(max);
    let used = 0;
    for (let i = 0; i < 60; i++) {
      const taken = [texts[(i * 5 + max) % texts.length] ?? "", texts[(i * 3) % texts.length] ?? ""];
      const bytes = taken.reduce((sum, text) => sum + utf8Length(text), 0);
      const fits = used + bytes <= max;
      strictEqual(room.take(...taken), fits, `${bytes} more than ${used} of ${max}`);
      if (fits) used += bytes;
    }
    room.clear();
    strictEqual(room.take("x".repeat(max)), true);
    strictEqual(room.take("x"), false);
  }
});
