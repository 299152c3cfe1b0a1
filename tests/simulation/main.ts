/**
 * Plays seeds until one fails: `deno run -A tests/simulation/main.ts [first] [count]`, or with bun.
 *
 * @module
 */
import { simulate } from "./simulate.ts";

const [first = "1", count = "1"] = process.argv.slice(2);
const began = performance.now();
let [turns, lives, failed] = [0, 0, 0];
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  const played = await simulate(seed);
  turns += played.turns;
  lives += played.lives;
  if (played.problems.length === 0) continue;
  failed += 1;
  console.log(`seed ${seed}:\n  ${played.problems.slice(0, 5).join("\n  ")}`);
  if (count === "1") console.log(played.trace.join("\n"));
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(`${count} seeds, ${lives} hosts, ${turns} turns, ${failed} seeds failed, ${seconds} s`);
if (failed > 0) process.exitCode = 1;
