import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Job } from "../../src/app/context.ts";
import { runJob } from "../../src/app/run-job.ts";
import { RemitError } from "../../src/domain/errors.ts";
import { type TestContext, testContext } from "../support/test-context.ts";

let context: TestContext;
beforeEach(async () => {
  context = await testContext();
});
afterEach(() => context.store.close());

const runs = () => context.store.db.selectFrom("job_runs").selectAll().orderBy("id").execute();
const request = (run: Job) => ({ job: "settle", run, businessDate: "2026-11-20" });

describe("a run of a job", () => {
  it("leaves a record with counts, sums beyond 2^53, findings and who ran it", async () => {
    const finding = { code: "X", where: "here", found: "a", expected: "b" };
    await runJob(
      context,
      request(async () => ({ counts: { rows: 2, sum: 9_007_199_254_740_993n }, findings: [finding] })),
    );
    expect(await runs()).toMatchObject([
      {
        job: "settle",
        business_date: "2026-11-20",
        slot: "by-hand",
        state: "SUCCEEDED",
        actor: "tester",
        counts: '{"rows":2,"sum":"9007199254740993"}',
        findings: JSON.stringify([finding]),
        started_at: "2026-11-20T01:00:00.000Z",
      },
    ]);
  });

  it("records the error and throws it again", async () => {
    const error = new RemitError("BANK_UNREACHABLE", { where: "bank", found: "silence" });
    await expect(
      runJob(
        context,
        request(() => Promise.reject(error)),
      ),
    ).rejects.toBe(error);
    const [run] = await runs();
    expect(run?.state).toBe("FAILED");
    expect(run?.findings).toContain("BANK_UNREACHABLE");
  });

  it("tells the job's own error when the store does not even take the record of it", async () => {
    const error = new RemitError("STORE_UNREACHABLE", { where: "store" });
    const run: Job = async ({ store }) => {
      await store.close();
      throw error;
    };
    await expect(runJob(context, request(run))).rejects.toBe(error);
    context = await testContext();
  });

  it("is refused while the same job and date runs in this process", async () => {
    const outer = runJob(
      context,
      request(async (ctx, date) => {
        await expect(
          runJob(ctx, { ...request(async () => ({ counts: {}, findings: [] })), businessDate: date }),
        ).rejects.toThrow(/running already/);
        return { counts: {}, findings: [] };
      }),
    );
    await outer;
    expect(await runs()).toHaveLength(1);
  });

  it("closes what an earlier process left running", async () => {
    await context.store.write((tx) =>
      tx.insertMany(
        "job_runs",
        ["id", "job", "business_date", "slot", "state", "actor", "started_at"],
        [[90n, "settle", "2026-11-20", "by-hand", "RUNNING", "x", "2026-11-20T00:00:00.000Z"]],
      ),
    );
    await runJob(
      context,
      request(async () => ({ counts: {}, findings: [] })),
    );
    expect((await runs()).map(({ id, state }) => [id, state])).toEqual([
      [1n, "SUCCEEDED"],
      [90n, "FAILED"],
    ]);
  });

  it("that is asked for all the time leaves a record only when it did something", async () => {
    const idle = { ...request(async () => ({ counts: { sent: 0 }, findings: [] })), recordIdle: false };
    await runJob(context, idle);
    expect(await runs()).toEqual([]);
    await runJob(context, { ...idle, run: async () => ({ counts: { sent: 1 }, findings: [] }) });
    expect(await runs()).toMatchObject([{ state: "SUCCEEDED", counts: '{"sent":1}' }]);
  });
});
