/** Runs the jobs that are always due, the delivery of notifications: apart from the night, one at a time in a process. */
import type { Context } from "../src/app/context.ts";
import { runJob } from "../src/app/run-job.ts";
import type { ScheduleRow } from "../src/app/schedule-row.ts";
import { dateInZone } from "../src/domain/calendar.ts";

export interface DeliveryLoop {
  /** Runs once, or joins the run that is under way. Never throws: the outbox keeps what was not delivered. */
  deliver(): Promise<void>;
  /** The same without being waited for. */
  nudge(): void;
  stop(): Promise<void>;
}

export function deliveryLoop(context: Context, schedule: readonly ScheduleRow[]): DeliveryLoop {
  const rows = schedule.filter(({ when }) => "always" in when);
  let running: Promise<void> | undefined;
  let stopped = false;
  const deliver = (): Promise<void> => {
    if (stopped) return Promise.resolve();
    running ??= runAll(context, rows).finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    deliver,
    nudge: () => void deliver(),
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}

async function runAll(context: Context, rows: readonly ScheduleRow[]): Promise<void> {
  for (const { job, run } of rows) {
    try {
      await runJob(
        { ...context, actor: `job:${job}` },
        {
          job,
          run: (ctx, businessDate) => run(ctx, { businessDate }),
          businessDate: dateInZone(context.clock(), context.config.zone),
          slot: "always",
          recordIdle: false,
        },
      );
    } catch (error) {
      // runJob has logged and recorded it; the outbox keeps what was not delivered and the next round takes it up.
      context.log.debug({ job, error: String(error) }, "will be tried again");
    }
  }
}
