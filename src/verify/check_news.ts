import { chainHash } from "../chain/mod.ts";
import { isJsonObject, memberOf } from "../codec/mod.ts";
import type { Evidence } from "./evidence.ts";
import type { FaultList } from "./fault.ts";
import type { SaidPart } from "./part_form.ts";

/** Holds the heads that news of children name against the chains of those children. Layer 2. */
export interface NewsChecker {
  /**
   * @param own address of the parent
   * @param body of a message `news`, in its form
   * @returns how many children are not here
   */
  check(own: string, seq: number, body: SaidPart): number;
}

export function createNewsChecker(evidence: Evidence, faults: FaultList): NewsChecker {
  const here = new Set(evidence.chains().map(({ address }) => address));
  return {
    check(own, seq, { value }) {
      const list = value !== undefined && isJsonObject(value) ? memberOf(value, "news") : undefined;
      let absent = 0;
      for (const item of Array.isArray(list) ? list : []) {
        if (!isJsonObject(item)) continue;
        const [child, size, head] = [memberOf(item, "child"), memberOf(item, "size"), memberOf(item, "head")];
        if (typeof child !== "string" || typeof size !== "number") continue;
        const refuse = (wanted: string, got: string) =>
          faults.add({ code: "news_head", address: own, seq, part: "body", wanted, got });
        if (child.slice(0, Math.max(0, child.lastIndexOf("/"))) !== own) {
          refuse(`a child of ${own}`, child);
        } else if (!here.has(child)) {
          absent += 1;
        } else {
          const last = evidence.entry(child, size - 1);
          const hash = last === undefined ? undefined : "pruned" in last ? last.pruned : chainHash(last.text);
          if (hash !== head) {
            refuse(`the head of ${child} at ${size} entries, ${hash ?? "which it has not"}`, `${head}`);
          }
        }
      }
      return absent;
    },
  };
}
