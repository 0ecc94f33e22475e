import { afterEach, beforeEach, expect, it } from "vitest";
import { runNight } from "../../jobs/night.ts";
import type { ScheduleRow } from "../../src/app/schedule-row.ts";
import { RemitError } from "../../src/domain/errors.ts";
import { type TestContext, testContext } from "../support/test-context.ts";

let context: TestContext;
beforeEach(async () => {
  context = await testContext();
});
afterEach(() => context.store.close());

const row = (job: string, needs: readonly string[] = [], fails = false): ScheduleRow => ({
  job,
  when: { always: true },
  does: "",
  needs,
  run: async () => {
    if (fails) throw new RemitError("BANK_UNREACHABLE", { where: "bank" });
    return { counts: { done: 1 }, findings: [] };
  },
});
const states = async (rows: readonly ScheduleRow[]) =>
  (await runNight(context, "2026-11-20", { rows })).map(({ job, state }) => `${job} ${state}`);

it("a job that fails does not stop those that can do without it", async () => {
  expect(await states([row("send", [], true), row("report")])).toEqual(["send FAILED", "report SUCCEEDED"]);
});

it("a job whose need failed, or was not run itself, is not run and says why", async () => {
  const rows = [row("settle", [], true), row("write", ["settle"]), row("sign", ["write"]), row("report", ["other"])];
  expect(await states(rows)).toEqual(["settle FAILED", "write NOT_RUN", "sign NOT_RUN", "report SUCCEEDED"]);
  const entries = await runNight(context, "2026-11-20", { rows });
  expect(entries[1]?.findings).toMatchObject([
    { code: "NEEDS_FAILED", where: "write", found: "settle did not succeed" },
  ]);
});

it("every job that ran leaves a run record", async () => {
  await states([row("settle", [], true), row("write", ["settle"]), row("report")]);
  const runs = await context.store.db.selectFrom("job_runs").select(["job", "state"]).orderBy("id").execute();
  expect(runs).toEqual([
    { job: "settle", state: "FAILED" },
    { job: "report", state: "SUCCEEDED" },
  ]);
});
