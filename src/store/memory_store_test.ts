import { createMemoryLog } from "./memory_store.ts";
import { testStore } from "./store_conformance.ts";

testStore("memory", () => ({ ...createMemoryLog(), remove: () => {} }));
