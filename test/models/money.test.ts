import { describe, expect, it } from "vitest";
import { STORE_KINDS } from "../support/test-database.ts";
import { runSequences } from "./run-sequences.ts";

/** Few enough for every run of the tests; `npm run test:models` makes 20,000. */
const COUNT = { sqlite: 60, postgres: 12 } as const;

/** What a run must have come to, or it has shown nothing of it. */
const REACHED = {
  sqlite: [
    ..."CANCELLED SENT ACCEPTED EXECUTED REJECTED RETURNED".split(" "),
    ..."NO_ACCOUNT BELOW_MINIMUM SELLER_HELD SELLER_NOT_VALIDATED ACCOUNT_COOLING MANUAL".split(" "),
  ],
  postgres: ["SENT", "EXECUTED", "RETURNED", "SELLER_HELD"],
} as const;

describe.each(STORE_KINDS)("on %s,", (kind) => {
  it("random sequences of sales, refunds, settlements, files and bank answers end as the plain model says", async () => {
    const reached = await runSequences({ kind, count: COUNT[kind], seed: 20_261_120 });
    expect(REACHED[kind].filter((state) => reached[state] === undefined)).toEqual([]);
    // Shrinking a failure takes longer than finding it.
  }, 300_000);
});
