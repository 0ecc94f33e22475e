/** Workers in this process over one store and one Redis, with jobs that only note that they ran. */
import { pino } from "pino";
import { startScheduler } from "../../jobs/scheduler.ts";
import { startWorker, type WorkerSettings } from "../../jobs/worker.ts";
import type { Context } from "../../src/app/context.ts";
import type { ScheduleRow } from "../../src/app/schedule-row.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { type TestContext, testContext } from "../support/test-context.ts";
import type { StoreKind } from "../support/test-database.ts";

/** Short, so that a test sees what takes seconds in production. */
const SHORT: Pick<WorkerSettings, "lockMs" | "stalledMs" | "drainMs"> = { lockMs: 600, stalledMs: 300, drainMs: 2_000 };

export type Behaviour = (job: string, businessDate: string, context: Context) => Promise<void>;

export interface WorkerBench {
  readonly context: TestContext;
  readonly redis: TestRedis;
  /** `job date` of each run that ended well, in order. */
  readonly ran: string[];
  readonly schedule: readonly ScheduleRow[];
  /** Called at the start of each run; what it throws is the job's failure. */
  setBehaviour(behaviour: Behaviour): void;
  worker(): ReturnType<typeof startWorker>;
  scheduler(): ReturnType<typeof startScheduler>;
  /** `job date state` of each slot, in the order in which they were due. */
  slots(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function workerBench(
  sweepEveryMs = 100,
  { kind, parts }: { readonly kind?: StoreKind; readonly parts?: WorkerSettings["parts"] } = {},
): Promise<WorkerBench> {
  const redis = await startRedis();
  const context = await testContext({ sweepEveryMs, redisUrl: redis.url }, "2026-11-19T12:00:00Z", kind);
  const ran: string[] = [];
  let behave: Behaviour = () => Promise.resolve();
  const row = (job: string, when: ScheduleRow["when"]): ScheduleRow => ({
    job,
    when,
    does: "notes that it ran",
    run: async (given, { businessDate }) => {
      await behave(job, businessDate, given);
      ran.push(`${job} ${businessDate}`);
      return { counts: { ran: 1 }, findings: [] };
    },
  });
  const schedule = [
    row("settle", { at: "02:00" }),
    row("write", { at: "02:30" }),
    row("send", { everyMinutes: 60 }),
    row("deliver", { always: true }),
  ];
  const closing: (() => Promise<unknown>)[] = [];
  return {
    context,
    redis,
    ran,
    schedule,
    setBehaviour: (behaviour) => {
      behave = behaviour;
    },
    worker: async () => {
      const worker = await startWorker(context, {
        ...{ redisUrl: redis.url, schedule, ...SHORT },
        ...(parts === undefined ? {} : { parts }),
      });
      closing.push(() => worker.close());
      return worker;
    },
    scheduler: async () => {
      const log = pino({ level: "silent" });
      const scheduler = await startScheduler({
        redisUrl: redis.url,
        zone: "Europe/Paris",
        sweepEveryMs,
        schedule,
        log,
      });
      closing.push(() => scheduler.close());
      return scheduler;
    },
    slots: async () => {
      const rows = await context.store.db.selectFrom("due_slots").selectAll().orderBy("due_at").orderBy("id").execute();
      return rows.map(({ job, business_date, state }) => `${job} ${business_date} ${state}`);
    },
    stop: async () => {
      await Promise.all(closing.map((close) => close()));
      await context.store.close();
      await redis.stop();
    },
  };
}
