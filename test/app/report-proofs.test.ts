import { afterAll, expect, it } from "vitest";
import { jobNamed } from "../../jobs/schedule.ts";
import type { Proof } from "../../src/app/conservation-proof.ts";
import { runJob } from "../../src/app/run-job.ts";
import {
  accountNumber,
  DAY,
  marketplace,
  type PlantedMarket,
  plantedMarket,
  sale,
  seller,
} from "./reports/planted-market.ts";

let market: PlantedMarket;
afterAll(() => market.close());

it("a settlement's report and its run record say where every cent is, and that nothing is missing", async () => {
  market = await plantedMarket();
  const { context } = market;
  await market.plant([marketplace(), seller("s", "Shop", accountNumber(11)), ...sale("o", "s", 10_000, DAY.first)]);
  const row = jobNamed("settle");
  const { counts } = await runJob(context, {
    job: "settle",
    run: (ctx, businessDate) => row?.run(ctx, { businessDate }) ?? Promise.reject(new Error("no such job")),
    businessDate: DAY.second,
  });
  const proof = String(counts["bazaar.proof.EUR"]);
  expect(proof).toMatch(/^captured 100\.00 \+ cashed in 0\.00 - refunded 0\.00.* = /);
  expect(proof).toMatch(/ = pending 0\.00 \+ available 90\.00 .*operator fees 10\.00.*, difference 0\.00 EUR$/);
  const [came = "", is = ""] = proof.replace(/, difference.*/, "").split(" = ");
  const sum = (text: string) =>
    [...` + ${text}`.matchAll(/ ([+-]) [a-z ]+ (-?\d+)\.(\d\d)/g)].reduce(
      (total, [, sign, whole, cents]) => total + BigInt(`${sign === "-" ? "-" : ""}${whole}${cents}`),
      0n,
    );
  expect([sum(came), sum(is)]).toEqual([10_000n, 10_000n]);
  const recorded = await context.store.db.selectFrom("job_runs").select("counts").executeTakeFirstOrThrow();
  expect(JSON.parse(recorded.counts ?? "{}")["bazaar.proof.EUR"]).toBe(proof);
  const stored = await context.store.db.selectFrom("settlements").select("proof").executeTakeFirstOrThrow();
  expect(BigInt((JSON.parse(stored.proof) as Proof).difference)).toBe(0n);
});
