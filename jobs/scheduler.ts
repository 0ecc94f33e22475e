/** The scheduler process: one BullMQ job scheduler per row of the schedule, and one for the sweep. It touches Redis only, never the store. */
import type { JobSchedulerTemplateOptions, Queue } from "bullmq";
import type { Logger } from "pino";
import type { ScheduleRow, When } from "../src/app/schedule-row.ts";
import { FORGET, NOTIFY_QUEUE, openQueue, type QueueJob, WORK_QUEUE } from "./queue.ts";

export interface SchedulerOptions {
  readonly redisUrl: string;
  /** Of the daily times. */
  readonly zone: string;
  readonly sweepEveryMs: number;
  readonly schedule: readonly ScheduleRow[];
  readonly log: Logger;
}

export interface RunningScheduler {
  close(): Promise<void>;
}

interface Entry {
  readonly id: string;
  readonly repeat: { readonly pattern: string; readonly tz: string } | { readonly every: number };
  readonly job: QueueJob;
}

/** The outbox is looked at this often even when nobody says that something is in it. */
const DELIVER_EVERY_MS = 5_000;

/** Starts, and from then on puts back what Redis has lost. QUEUE_UNREACHABLE is for `checkRedis`, which comes before. */
export async function startScheduler(options: SchedulerOptions): Promise<RunningScheduler> {
  const { redisUrl, log, sweepEveryMs } = options;
  const work = openQueue(WORK_QUEUE, redisUrl, log);
  const notify = openQueue(NOTIFY_QUEUE, redisUrl, log);
  const put = async () => {
    await putEntries(work, workEntries(options));
    await putEntries(notify, notifyEntries(options.schedule));
  };
  await Promise.all([work.waitUntilReady(), notify.waitUntilReady()]);
  await put();
  log.info({ rows: options.schedule.length, sweepEveryMs }, "scheduler started");
  const timer = setInterval(() => {
    put().catch((error: unknown) => log.warn({ error: String(error) }, "could not look after the schedule in Redis"));
  }, sweepEveryMs);
  return {
    close: async () => {
      clearInterval(timer);
      await Promise.all([work.close(), notify.close()]);
    },
  };
}

function workEntries({ schedule, zone, sweepEveryMs }: SchedulerOptions): readonly Entry[] {
  const ticks = schedule.flatMap(({ job, when }): readonly Entry[] => {
    const repeat = patternOf(when, zone);
    return repeat === undefined
      ? []
      : [{ id: `tick-${job}-${nameOf(when)}`, repeat, job: { name: "tick", data: { job } } }];
  });
  return [...ticks, { id: "sweep", repeat: { every: sweepEveryMs }, job: { name: "sweep", data: {} } }];
}

function notifyEntries(schedule: readonly ScheduleRow[]): readonly Entry[] {
  if (!schedule.some(({ when }) => "always" in when)) return [];
  return [{ id: "deliver", repeat: { every: DELIVER_EVERY_MS }, job: { name: "deliver", data: {} } }];
}

/** As cron says it; undefined for what is always due. Intervals are counted in UTC, which has no hour twice. */
export function patternOf(when: When, zone: string): { readonly pattern: string; readonly tz: string } | undefined {
  if ("at" in when) {
    const [hours = "0", minutes = "0"] = when.at.split(":");
    return { pattern: `${Number(minutes)} ${Number(hours)} * * *`, tz: zone };
  }
  if ("everyMinutes" in when) return { pattern: `*/${when.everyMinutes} * * * *`, tz: "UTC" };
  return undefined;
}

/** BullMQ gives a colon in an id a meaning of its own. */
function nameOf(when: When): string {
  if ("at" in when) return when.at.replace(":", "");
  return "everyMinutes" in when ? `${when.everyMinutes}m` : "always";
}

/** Adds what is missing or differs and removes what an earlier version scheduled. An entry that is there is left alone. */
async function putEntries(queue: Queue, entries: readonly Entry[]): Promise<void> {
  const there = await queue.getJobSchedulers(0, -1);
  for (const { key } of there) {
    if (!entries.some(({ id }) => id === key)) await queue.removeJobScheduler(key);
  }
  for (const { id, repeat, job } of entries) {
    const known = there.find(({ key }) => key === id);
    if (known !== undefined && isSame(known, repeat)) continue;
    const opts: JobSchedulerTemplateOptions = FORGET;
    await queue.upsertJobScheduler(id, repeat, { name: job.name, data: job.data, opts });
  }
}

function isSame(
  known: { readonly pattern?: string; readonly tz?: string; readonly every?: number | string },
  repeat: Entry["repeat"],
): boolean {
  if ("every" in repeat) return Number(known.every) === repeat.every;
  return known.pattern === repeat.pattern && known.tz === repeat.tz;
}
