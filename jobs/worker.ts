/** The worker process: turns ticks and sweeps into due slots, and due slots into runs of jobs. The database is the only truth. */
import { type Job, type Queue, UnrecoverableError, Worker, type WorkerOptions } from "bullmq";
import type { Context } from "../src/app/context.ts";
import { planDueSlots, runnableSlots } from "../src/app/due-slots.ts";
import { runSlot, type SlotOptions } from "../src/app/run-slot.ts";
import type { ScheduleRow } from "../src/app/schedule-row.ts";
import { type DeliveryLoop, deliveryLoop } from "./delivery-loop.ts";
import { enqueueSlots } from "./enqueue-slots.ts";
import { NOTIFY_QUEUE, openQueue, PREFIX, WORK_QUEUE, waitingConnection } from "./queue.ts";
import { type Sweeper, sweeper } from "./sweeper.ts";

export interface WorkerSettings {
  readonly redisUrl: string;
  readonly schedule: readonly ScheduleRow[];
  /** A dead worker's job is handed over after at most this and the interval together. */
  readonly lockMs?: number;
  readonly stalledMs?: number;
  /** How long a stop waits for what is being done. */
  readonly drainMs?: number;
  /** The machine's time, which judges who is alive. */
  readonly now?: () => Date;
}

export interface RunningWorker {
  /** Takes no new work and waits for what is being done; false when that took too long and was left to another worker. */
  close(): Promise<boolean>;
}

const LOCK_MS = 10_000;
const STALLED_MS = 5_000;
const DRAIN_MS = 25_000;

/** A job that falls with its worker comes back as often as it takes: the slot's row says what became of it, not the queue. */
const NEVER_GIVE_UP = 1_000_000;

export async function startWorker(context: Context, settings: WorkerSettings): Promise<RunningWorker> {
  const { redisUrl, schedule, lockMs = LOCK_MS, stalledMs = STALLED_MS, drainMs = DRAIN_MS } = settings;
  const { log, config } = context;
  const now = settings.now ?? (() => new Date());
  const slotOptions: SlotOptions = { leaseMs: lockMs, retryAfterMs: config.sweepEveryMs, now };
  const queue = openQueue(WORK_QUEUE, redisUrl, log);
  const delivery = deliveryLoop(context, schedule);
  const sweep = sweeper({
    everyMs: config.sweepEveryMs,
    now,
    log,
    sweep: async () => {
      delivery.nudge();
      return sweepOnce(context, schedule, queue, now());
    },
  });
  const options: WorkerOptions = {
    connection: waitingConnection(redisUrl),
    prefix: PREFIX,
    concurrency: 1,
    lockDuration: lockMs,
    stalledInterval: stalledMs,
    maxStalledCount: NEVER_GIVE_UP,
    runRetryDelay: 1_000,
  };
  const workers = [
    new Worker(WORK_QUEUE, (job) => work(job, context, schedule, slotOptions, sweep), options),
    new Worker(NOTIFY_QUEUE, () => delivery.deliver(), options),
  ];
  for (const worker of workers) {
    worker.on("error", (error) => log.warn({ queue: worker.name, error: error.message }, "worker"));
  }
  await queue.waitUntilReady();
  sweep.start();
  log.info({ lockMs, stalledMs, sweepEveryMs: config.sweepEveryMs }, "worker started");
  return { close: () => close({ workers, queue, sweep, delivery, drainMs }) };
}

/** When the next slot may become runnable by itself; undefined when none waits for a time. */
async function sweepOnce(
  context: Context,
  schedule: readonly ScheduleRow[],
  queue: Queue,
  now: Date,
): Promise<Date | undefined> {
  await planDueSlots(context, schedule);
  const { slots, nextAt } = await runnableSlots(context, schedule, now);
  await enqueueSlots(context, queue, slots);
  return nextAt;
}

async function work(
  job: Job,
  context: Context,
  schedule: readonly ScheduleRow[],
  options: SlotOptions,
  sweep: Sweeper,
): Promise<string> {
  if (job.name !== "run") {
    await sweep.now();
    return "swept";
  }
  const outcome = await runSlot(context, schedule, BigInt(job.data.slotId), options);
  // What comes after it in the night is due now; this queue job itself counts as done only when it has returned.
  sweep.soon();
  if (outcome.kind !== "failed") return outcome.kind;
  const { error, again } = outcome;
  if (again) throw error;
  throw new UnrecoverableError(error instanceof Error ? error.message : String(error));
}

interface Parts {
  readonly workers: readonly Worker[];
  readonly queue: Queue;
  readonly sweep: Sweeper;
  readonly delivery: DeliveryLoop;
  readonly drainMs: number;
}

async function close({ workers, queue, sweep, delivery, drainMs }: Parts): Promise<boolean> {
  const drain = async () => {
    await sweep.stop();
    await Promise.all(workers.map((worker) => worker.close()));
    await delivery.stop();
    await queue.close();
    return true;
  };
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), drainMs);
  });
  return Promise.race([drain(), tooLate]).finally(() => clearTimeout(timer));
}
