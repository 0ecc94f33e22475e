import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { onMemoryDisk } from "./test/support/memory-disk.ts";

/** The slow part of the tests: `npm run test:models`. */
export default defineConfig({
  test: {
    include: ["test/models/**/*.slow.ts"],
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    pool: "forks",
    env: onMemoryDisk(),
    reporters: ["verbose"],
    // The one file starts a process for each part of its work.
    maxConcurrency: availableParallelism(),
    globalSetup: ["test/support/global-setup.ts"],
  },
});
