import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { planDueSlots, runnableSlots } from "../../src/app/due-slots.ts";
import { runSlot, type SlotOptions } from "../../src/app/run-slot.ts";
import type { ScheduleRow } from "../../src/app/schedule-row.ts";
import { RemitError } from "../../src/domain/errors.ts";
import { type TestContext, testContext } from "../support/test-context.ts";

let context: TestContext;
let machineTime: number;
const ran: string[] = [];
const options: SlotOptions = { leaseMs: 9_000, retryAfterMs: 1_000, now: () => new Date(machineTime) };
let fail: ((job: string) => unknown) | undefined;

const row = (job: string, when: ScheduleRow["when"], needs: readonly string[] = []): ScheduleRow => ({
  job,
  when,
  does: "",
  needs,
  run: async ({ actor }, { businessDate }) => {
    const error = fail?.(job);
    if (error !== undefined) throw error;
    ran.push(`${job} ${businessDate} by ${actor}`);
    return { counts: { rows: 3 }, findings: [] };
  },
});
const SCHEDULE = [
  row("settle", { at: "02:00" }),
  row("write", { at: "02:30" }, ["settle"]),
  row("send", { everyMinutes: 5 }),
];

beforeEach(async () => {
  context = await testContext({}, "2026-11-19T12:00:00Z");
  machineTime = Date.parse("2030-01-01T00:00:00Z");
  ran.length = 0;
  fail = undefined;
  await planDueSlots(context, SCHEDULE);
});
afterEach(() => context.store.close());

const slots = () => context.store.db.selectFrom("due_slots").selectAll().orderBy("due_at").orderBy("id").execute();
const states = async () => (await slots()).map(({ job, business_date, state }) => `${job} ${business_date} ${state}`);
const runnable = async () => (await runnableSlots(context, SCHEDULE, options.now())).slots;
const runNext = async () => {
  const [next] = await runnable();
  if (next === undefined) throw new Error("nothing is runnable");
  return runSlot(context, SCHEDULE, next.id, options);
};

describe("planning", () => {
  it("adds what became due by the injected clock, once", async () => {
    context.setClock("2026-11-20T02:00:00Z");
    expect(await planDueSlots(context, SCHEDULE)).toBe(3);
    expect(await planDueSlots(context, SCHEDULE)).toBe(0);
    expect(await states()).toEqual([
      "send 2026-11-19 DONE",
      "settle 2026-11-20 DUE",
      "write 2026-11-20 DUE",
      "send 2026-11-20 DUE",
    ]);
  });

  it("adds nothing when the clock goes back", async () => {
    context.setClock("2026-11-19T11:59:00Z");
    await planDueSlots(context, SCHEDULE);
    context.setClock("2026-11-19T12:01:00Z");
    expect(await planDueSlots(context, SCHEDULE)).toBe(0);
  });

  it("forgets what was finished longer ago than it catches up", async () => {
    context.setClock("2026-11-30T12:00:00Z");
    await planDueSlots(context, SCHEDULE);
    const dates = new Set((await slots()).map(({ business_date }) => business_date));
    expect([...dates].sort()[0]).toBe("2026-11-23");
  });
});

describe("a slot", () => {
  beforeEach(async () => {
    context.setClock("2026-11-20T02:00:00Z");
    await planDueSlots(context, SCHEDULE);
  });

  it("runs in the order of the night, under the name of its job, and leaves a run record", async () => {
    expect((await runnable()).map(({ job }) => job)).toEqual(["settle", "send"]);
    await runNext();
    expect((await runnable()).map(({ job }) => job)).toEqual(["write", "send"]);
    await runNext();
    await runNext();
    expect(ran).toEqual([
      "settle 2026-11-20 by job:settle",
      "write 2026-11-20 by job:write",
      "send 2026-11-20 by job:send",
    ]);
    expect(await runnable()).toEqual([]);
    const runs = await context.store.db.selectFrom("job_runs").selectAll().orderBy("id").execute();
    expect(runs.map(({ job, slot, state, actor, counts }) => [job, slot, state, actor, counts])).toEqual([
      ["settle", "02:00", "SUCCEEDED", "job:settle", '{"rows":3}'],
      ["write", "02:30", "SUCCEEDED", "job:write", '{"rows":3}'],
      ["send", "2026-11-20T02:00Z", "SUCCEEDED", "job:send", '{"rows":3}'],
    ]);
  });

  it("runs once when two workers take it at the same time", async () => {
    const [settle] = await runnable();
    const id = settle?.id ?? 0n;
    const outcomes = await Promise.all([1, 2, 3].map(() => runSlot(context, SCHEDULE, id, options)));
    expect(outcomes.filter(({ kind }) => kind === "done")).toHaveLength(1);
    expect(ran).toEqual(["settle 2026-11-20 by job:settle"]);
  });

  it("comes again after a pause that doubles when the failure may pass", async () => {
    fail = () => new RemitError("GATEWAY_UNREACHABLE", { where: "gateway" });
    expect(await runNext()).toMatchObject({ kind: "failed", again: true });
    expect((await runnable()).map(({ job }) => job)).toEqual(["send"]);
    machineTime += 1_000;
    expect(await runNext()).toMatchObject({ kind: "failed", again: true });
    machineTime += 1_999;
    expect((await runnable()).map(({ job }) => job)).toEqual(["send"]);
    machineTime += 1;
    fail = undefined;
    expect(await runNext()).toEqual({ kind: "done" });
  });

  it("is given up when the failure never passes, and so is what needs it", async () => {
    fail = (job) => (job === "settle" ? new RemitError("BOOKS_BROKEN", { where: "books" }) : undefined);
    expect(await runNext()).toMatchObject({ kind: "failed", again: false });
    expect((await runnable()).map(({ job }) => job)).toEqual(["send"]);
    expect(await states()).toEqual([
      "send 2026-11-19 DONE",
      "settle 2026-11-20 FAILED",
      "write 2026-11-20 FAILED",
      "send 2026-11-20 DUE",
    ]);
  });

  it("of a dead worker is taken over, and the late worker's end is refused", async () => {
    let release: (value: unknown) => void = () => undefined;
    const asleep = new Promise((resolve) => {
      release = resolve;
    });
    const sleepy = SCHEDULE.map((one) =>
      one.job !== "settle" ? one : { ...one, run: () => asleep.then(() => ({ counts: {}, findings: [] })) },
    );
    const [settle] = await runnable();
    const late = runSlot(context, sleepy, settle?.id ?? 0n, options);
    await expect.poll(async () => (await slots()).find(({ job }) => job === "settle")?.state).toBe("RUNNING");
    expect((await runnable()).map(({ job }) => job)).toEqual(["send"]);
    machineTime += 9_001;
    const [again] = await runnable();
    expect(again?.job).toBe("settle");
    // The same job and date runs in this process still; in another process the successor would do the work.
    await context.store.write(({ db }) =>
      db.updateTable("due_slots").set({ fence: 7n }).where("job", "=", "settle").execute(),
    );
    release(undefined);
    expect(await late).toMatchObject({ kind: "failed", error: { code: "FENCE_LOST" } });
    expect((await slots()).find(({ job }) => job === "settle")).toMatchObject({ state: "RUNNING", fence: 7n });
  });
});
