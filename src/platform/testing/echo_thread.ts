/** A thread for the tests: says back what it hears, and dies as it is told. */
import { openPort } from "../thread_port.ts";

const post = openPort((data) => {
  switch (data) {
    case "throw":
      throw new Error("as it was told");
    case "reject":
      void Promise.reject(new Error("as it was told"));
      return;
    case "environment":
      // Deno refuses to list it, Bun lists nothing.
      try {
        return post(Object.keys((globalThis as unknown as { process: { env: object } }).process.env));
      } catch {
        return post([]);
      }
  }
  post(data instanceof ArrayBuffer ? data.byteLength : data);
});
