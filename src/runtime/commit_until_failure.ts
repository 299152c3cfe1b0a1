import type { LogStore } from "../store/mod.ts";

/**
 * Commits to a log until a commit fails; then no more. What is written later may rest on what was lost, if only
 * a state on an entry, or news on the head of a child: a disk that has room again must not get it.
 */
export function commitUntilFailure(store: Pick<LogStore, "commit">): LogStore["commit"] {
  let failed: { readonly error: unknown } | undefined;
  return (writes) => {
    if (failed !== undefined) throw failed.error;
    try {
      return store.commit(writes);
    } catch (error) {
      failed = { error };
      throw error;
    }
  };
}
