/** The slow part, `npm run test:models`: 20,000 sequences, other ones each time; a failure says how to replay it. */
import { randomInt } from "node:crypto";
import { describe, it } from "vitest";
import { STORE_KINDS } from "../support/test-database.ts";
import { runSequences } from "./run-sequences.ts";

const AT_ONCE = 500;
/** The rules are the same in both; in PostgreSQL a step takes ten times as long. */
const COUNT = { sqlite: 19_000, postgres: 1_000 } as const;

describe.each(STORE_KINDS)("on %s,", (kind) => {
  const seeds = Array.from({ length: COUNT[kind] / AT_ONCE }, () => randomInt(2 ** 31));
  it.each(seeds)(`${AT_ONCE} sequences from seed %i end as the plain model says`, async (seed) => {
    await runSequences({ kind, count: AT_ONCE, seed });
  });
});
