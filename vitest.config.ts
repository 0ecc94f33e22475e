import { defineConfig } from "vitest/config";
import { onMemoryDisk } from "./test/support/memory-disk.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
    env: onMemoryDisk(),
    globalSetup: ["test/support/global-setup.ts"],
  },
});
