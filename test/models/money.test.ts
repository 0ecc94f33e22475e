import { describe, expect, it } from "vitest";
import { STORE_KINDS } from "../support/test-database.ts";
import { runSequences } from "./run-sequences.ts";

/** Few enough for every run of the tests; `npm run test:models` makes 20,000. */
const COUNT = { sqlite: 80, postgres: 20 } as const;

describe.each(STORE_KINDS)("on %s,", (kind) => {
  it("random sequences of sales, refunds, settlements, files and bank answers end as the plain model says", async () => {
    const reached = await runSequences({ kind, count: COUNT[kind], seed: 20_261_120 });
    for (const state of ["ON_HOLD", "CANCELLED", "SENT", "ACCEPTED", "EXECUTED", "REJECTED", "RETURNED"]) {
      expect([state, reached[state] ?? 0]).not.toEqual([state, 0]);
    }
    // Shrinking a failure takes longer than finding it.
  }, 300_000);
});
